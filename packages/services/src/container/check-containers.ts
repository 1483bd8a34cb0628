import type { ServiceImages } from './images.js'

/** Whether there is a Docker engine to use. Throws `docker-missing` or `docker-refused`. */
export async function checkEngine(): Promise<void> {
  const { containerEngine } = await import('./container-engine.js')
  await containerEngine()
}

/**
 * Whether services can be had in containers: there is an engine, and each image is there or was pulled
 * just now. Throws as `checkEngine`, or `image-missing`; starts nothing.
 */
export async function checkContainers(images: ServiceImages): Promise<void> {
  const { pullImage } = await import('./pull-image.js')
  await pullImage({ what: 'PostgreSQL', image: images.postgres, imageVariable: 'POSTGRES_IMAGE' })
  await pullImage({ what: 'Redis', image: images.redis, imageVariable: 'REDIS_IMAGE' })
}
