import { ImageName } from 'testcontainers'
import { ServiceError } from '../service-error.js'
import { containerEngine } from './container-engine.js'

/** An image, and what it is for. */
export interface WantedImage {
  readonly what: string
  readonly image: string
  /** The setting that names the image. */
  readonly imageVariable: string
}

/** Pulls the image unless it is there. Throws `image-missing`, or as `containerEngine`. */
export async function pullImage({ image, imageVariable, what }: WantedImage): Promise<void> {
  const engine = await containerEngine()
  try {
    await engine.image.pull(ImageName.fromString(image), { force: false, platform: undefined })
  } catch (error) {
    throw new ServiceError(
      'image-missing',
      `The image ${image} for ${what} is not on this machine and cannot be pulled ` +
        `(${(error as Error).message}). Set ${imageVariable} to one that can be had.`,
      { cause: error },
    )
  }
}
