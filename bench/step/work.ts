/** Does iteration `iteration`, and gives its losses, or what stands for its images. */
export type Work = (iteration: number) => Promise<Readonly<Record<string, number>>>;
