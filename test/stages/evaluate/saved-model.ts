/** Writes a small TensorFlow SavedModel: field numbers are those of tensorflow/core/{protobuf/{saved_model,meta_graph},framework/*}.proto. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PbfWriter } from 'pbf';

type Message = (writer: PbfWriter) => void;

const [float, int32] = [1, 3];
const message = (field: number, write: Message): Message => (writer) => writer.writeMessage(field, (_: unknown, inner: PbfWriter) => write(inner), undefined);
const text = (field: number, value: string): Message => (writer) => writer.writeStringField(field, value);
const number = (field: number, value: number): Message => (writer) => writer.writeVarintField(field, value);
const all = (...parts: readonly Message[]): Message => (writer) => parts.forEach((part) => part(writer));
const entry = (field: number, key: string, value: Message): Message => message(field, all(text(1, key), message(2, value)));

const node = (name: string, op: string, inputs: readonly string[], attributes: Readonly<Record<string, Message>>): Message =>
  message(1, all(text(1, name), text(2, op), ...inputs.map((input) => text(3, input)), ...Object.entries(attributes).map(([key, value]) => entry(5, key, value))));

const type = (value: number) => number(6, value);
const axes = message(8, all(number(1, int32), message(2, message(2, number(1, 2))), (writer) => writer.writePackedVarint(7, [1, 2])));
const anyShape = message(3, number(3, 1));
const tensor = (name: string) => all(text(1, `${name}:0`), number(2, float), anyShape);

/** From images to `means`, the mean of each channel, and `doubled`, twice that: those of them that `outputs` names. */
export async function writeSavedModel(folder: string, outputs: readonly ('means' | 'doubled')[]): Promise<string> {
  const graph = all(
    node('images', 'Placeholder', [], { dtype: type(float) }),
    node('axes', 'Const', [], { dtype: type(int32), value: axes }),
    node('means', 'Mean', ['images', 'axes'], { T: type(float), Tidx: type(int32) }),
    node('doubled', 'AddV2', ['means', 'means'], { T: type(float) }),
    message(4, number(1, 440)),
  );
  const signature = all(entry(1, 'images', tensor('images')), ...outputs.map((name) => entry(2, name, tensor(name))), text(3, 'tensorflow/serving/predict'));
  const writer = new PbfWriter();
  all(number(1, 1), message(2, all(message(1, text(4, 'serve')), message(2, graph), entry(5, 'serving_default', signature))))(writer);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'saved_model.pb'), writer.finish());
  return folder;
}
