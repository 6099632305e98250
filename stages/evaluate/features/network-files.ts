/** The file by which a folder is known to hold a network. */
export const networkFiles = { tfjs: 'model.json', savedModel: 'saved_model.pb' } as const;
