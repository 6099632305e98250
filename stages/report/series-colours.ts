/** Okabe and Ito's colours, which colour-blind people can tell apart, and two more; all to be seen on white and on black. */
export const seriesColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6d1f', '#8064b0', '#777777', '#aaaaaa'] as const;
