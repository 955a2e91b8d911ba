export { createS3Storage, type S3StorageOptions } from './create-s3-storage.ts';
export { parseS3Location, type S3Location } from './parse-s3-location.ts';
