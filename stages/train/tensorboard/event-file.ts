/**
 * TensorBoard's event files: TFRecord framing (length, masked CRC-32C of it, data, masked CRC-32C of that) around `Event`
 * messages. Field numbers are those of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
 */
import CRC32C from 'crc-32/crc32c.js';
import { PbfWriter } from 'pbf';

/** An image summary: an encoded PNG. */
export interface ImageSummary {
  readonly tag: string;
  readonly height: number;
  readonly width: number;
  readonly png: Uint8Array;
}

export type TensorBoardEvent =
  | { readonly kind: 'scalars'; readonly step: number; readonly time: number; readonly scalars: Readonly<Record<string, number>> }
  | { readonly kind: 'images'; readonly step: number; readonly time: number; readonly images: readonly ImageSummary[] }
  | { readonly kind: 'graph'; readonly time: number; readonly graph: Uint8Array };

/** One whole event file: the version event that every file begins with, then `events`. Times are seconds since 1970. */
export function encodeEventFile(events: readonly TensorBoardEvent[]): Uint8Array {
  const version = new PbfWriter();
  version.writeDoubleField(eventField.wallTime, events[0]?.time ?? 0);
  version.writeStringField(eventField.fileVersion, 'brain.Event:2');
  return Buffer.concat([encodeRecord(version.finish()), ...events.map((event) => encodeRecord(encodeEvent(event)))]);
}

const eventField = { wallTime: 1, step: 2, fileVersion: 3, graph: 4, summary: 5 } as const;
const summaryField = { value: 1 } as const;
const valueField = { tag: 1, simpleValue: 2, image: 4 } as const;
const imageField = { height: 1, width: 2, colorspace: 3, png: 4 } as const;
/** `colorspace` of an image summary. */
const rgb = 3;

function encodeEvent(event: TensorBoardEvent): Uint8Array {
  const writer = new PbfWriter();
  writer.writeDoubleField(eventField.wallTime, event.time);
  switch (event.kind) {
    case 'scalars':
      writer.writeVarintField(eventField.step, event.step);
      writer.writeMessage(eventField.summary, writeScalars, event.scalars);
      break;
    case 'images':
      writer.writeVarintField(eventField.step, event.step);
      writer.writeMessage(eventField.summary, writeImages, event.images);
      break;
    case 'graph':
      writer.writeBytesField(eventField.graph, event.graph);
      break;
  }
  return writer.finish();
}

function writeScalars(scalars: Readonly<Record<string, number>>, writer: PbfWriter): void {
  for (const entry of Object.entries(scalars)) writer.writeMessage(summaryField.value, writeScalar, entry);
}

function writeScalar([tag, value]: readonly [string, number], writer: PbfWriter): void {
  writer.writeStringField(valueField.tag, tag);
  writer.writeFloatField(valueField.simpleValue, value);
}

function writeImages(images: readonly ImageSummary[], writer: PbfWriter): void {
  for (const image of images) writer.writeMessage(summaryField.value, writeImageValue, image);
}

function writeImageValue(image: ImageSummary, writer: PbfWriter): void {
  writer.writeStringField(valueField.tag, image.tag);
  writer.writeMessage(valueField.image, writeImage, image);
}

function writeImage({ height, width, png }: ImageSummary, writer: PbfWriter): void {
  writer.writeVarintField(imageField.height, height);
  writer.writeVarintField(imageField.width, width);
  writer.writeVarintField(imageField.colorspace, rgb);
  writer.writeBytesField(imageField.png, png);
}

/** One TFRecord. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(12 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return record;
}

/** TFRecord rotates a checksum and adds a constant, so that a checksum of data that holds checksums stays sound. */
function maskedChecksum(data: Uint8Array): number {
  const crc = CRC32C.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
