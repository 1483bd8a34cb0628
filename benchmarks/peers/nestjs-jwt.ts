// NestJS with @nestjs/jwt, the way its documentation and most tutorials log in: the secret is a string, and
// jsonwebtoken tries to read a string as a public key at every call before it takes it for a secret.
import 'reflect-metadata'
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { JwtModule, JwtService } from '@nestjs/jwt'
import { tellListening } from '../floor/tell-parent.js'
import { type Claims, TOKEN_SECONDS, type Whoami, whoamiOfClaims } from './whoami.js'

type AuthenticatedRequest = IncomingMessage & { user: Claims }

@Injectable()
class AuthGuard implements CanActivate {
  @Inject(JwtService) private readonly jwt!: JwtService

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>()
    const [type, token] = request.headers.authorization?.split(' ') ?? []
    if (type !== 'Bearer' || token === undefined) throw new UnauthorizedException()
    try {
      request.user = await this.jwt.verifyAsync<Claims>(token)
    } catch {
      throw new UnauthorizedException()
    }
    return true
  }
}

@Controller('auth')
class AuthController {
  @Inject(JwtService) private readonly jwt!: JwtService

  @Post('register/email')
  async register(@Body() { email }: { email: string }): Promise<{ accessToken: string }> {
    return { accessToken: await this.jwt.signAsync({ sub: randomUUID(), email }) }
  }

  @UseGuards(AuthGuard)
  @Get('whoami')
  whoami(@Req() { user }: AuthenticatedRequest): Whoami {
    return whoamiOfClaims(user)
  }
}

@Module({
  imports: [
    JwtModule.register({
      global: true,
      secret: randomBytes(32).toString('base64'),
      signOptions: { expiresIn: TOKEN_SECONDS },
    }),
  ],
  controllers: [AuthController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false })
await app.listen(0, '127.0.0.1')
tellListening(app.getHttpServer() as Server)
