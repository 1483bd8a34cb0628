import type { Command } from 'commander'
import { writeContainerSecrets } from '../secrets/container-secrets.js'
import { newCommand } from './command.js'

export function containerSecretsCommand(): Command {
  return newCommand({
    usage: 'container-secrets',
    description:
      'Make the secrets that the containers of docker-compose.yml need, each in a file of its own\n' +
      'below the folder. Those that are there are kept.',
    examples: ['node packages/workbench/dist/main.js container-secrets /secrets'],
  })
    .argument('<folder>', 'with a folder for each container, as docker-compose.yml mounts them')
    .action(async (folder: string) => {
      const made = await writeContainerSecrets(folder)
      console.log(made.length > 0 ? `Made: ${made.join(', ')}` : 'Every secret is there.')
    })
}
