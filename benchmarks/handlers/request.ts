import { get, type RequestOptions } from 'node:http';

/** Asks a server, and gives how many bytes it answered. */
export function request(address: string, options: RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    get(address, options, (response) => {
      let sum = 0;
      response.on('data', (chunk: Buffer) => {
        sum += chunk.length;
      });
      response.once('end', () => {
        resolve(sum);
      });
    }).once('error', reject);
  });
}
