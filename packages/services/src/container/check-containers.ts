import type { ServiceImages } from './images.js'

/**
 * Whether services can be had in containers: there is an engine, and each image is there or was pulled
 * just now. Throws `docker-missing`, `docker-refused` or `image-missing`; starts nothing.
 */
export async function checkContainers(images: ServiceImages): Promise<void> {
  const { pullImage } = await import('./pull-image.js')
  await pullImage({ what: 'PostgreSQL', image: images.postgres, imageVariable: 'POSTGRES_IMAGE' })
  await pullImage({ what: 'Redis', image: images.redis, imageVariable: 'REDIS_IMAGE' })
}
