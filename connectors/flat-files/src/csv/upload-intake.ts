import type { EntityName } from '#canonical';
import type { UploadedFile, UploadedFiles } from '#connector-kit';
import { DIGEST_LENGTH, type Intake, type TakenFile } from '../intake/intake.js';
import type { StoredFile } from '../store/store.js';

/** What people handed in of one entity. Kept whole and unchangeable by the hub, which refuses the same content twice. */
export class UploadIntake implements Intake {
  constructor(private readonly uploads: UploadedFiles, private readonly entity: EntityName) {}

  async waiting(): Promise<readonly StoredFile[]> {
    return (await this.uploads.list(this.entity, 'waiting')).map(asStored);
  }

  async taken(): Promise<readonly TakenFile[]> {
    return (await this.uploads.list(this.entity, 'taken')).map((file) => ({ file: asStored(file), digest: file.digest.slice(0, DIGEST_LENGTH) }));
  }

  open({ path }: StoredFile): AsyncIterable<Uint8Array> {
    return this.uploads.open(path);
  }

  isUnchanged(): Promise<boolean> {
    return Promise.resolve(true);
  }

  digestOf({ version }: StoredFile): Promise<string> {
    return Promise.resolve(version.slice(0, DIGEST_LENGTH));
  }

  take({ path }: StoredFile): Promise<void> {
    return this.uploads.settle(path, { state: 'taken' });
  }

  setAside({ path }: StoredFile): Promise<void> {
    return this.uploads.settle(path, { state: 'refused', because: 'this content was taken before' });
  }

  refuse({ path }: StoredFile, because: string): Promise<void> {
    return this.uploads.settle(path, { state: 'refused', because });
  }
}

function asStored({ id, name, size, digest, uploadedAt }: UploadedFile): StoredFile {
  return { path: id, name, size, version: digest, modifiedAt: new Date(uploadedAt) };
}
