import 'reflect-metadata';
import { Module, type InjectionToken, type Type } from '@nestjs/common';
import { PARAMTYPES_METADATA, SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { API_CONTROLLERS } from './index.js';
import { asOpenApi31, completeOperations } from './document-completion.js';
import { FieldProblemBody, ProblemBody } from './wire/problems.js';

/** Version of the API's description. The path's `v1` changes only with what breaks clients. */
export const API_VERSION = '0.1.0';

const DESCRIPTION = `Accounts receivable of every connected ERP in one model, and postings back into them.

- Send an API key as \`Authorization: Bearer trb_...\`.
- Errors are \`application/problem+json\`; \`errors\` names each field with its value, what is wrong and what to do.
- Ids are opaque text. Amounts are \`{"amount": "1234.50", "currency": "EUR"}\`, never numbers. Days are \`YYYY-MM-DD\`, instants ISO 8601 in UTC.
- Lists go by cursor: \`nextCursor\` of one page is \`cursor\` of the next; null at the end.
- A POST with an \`Idempotency-Key\` is carried out once; repeats get the first answer.`;

/**
 * The OpenAPI 3.1 description of these controllers, from the code alone: nothing listens, nothing is opened, no service is made.
 */
export async function createDocument(controllers: readonly Type[] = API_CONTROLLERS): Promise<OpenAPIObject> {
  const app = await NestFactory.create(describedModule(controllers), { logger: false, preview: true, abortOnError: false });
  try {
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0').setTitle('Tributary').setVersion(API_VERSION).setDescription(DESCRIPTION).setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
      .addServer('/').addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' }, 'apiKey').addSecurityRequirements('apiKey')
      .build();
    const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemBody, FieldProblemBody], operationIdFactory: operationIdOf });
    return asOpenApi31(completeOperations(document));
  } finally {
    await app.close();
  }
}

/** For operations that do not name themselves: `ReceivedDocumentsController.list` is `receivedDocumentsList`. */
function operationIdOf(controller: string, method: string): string {
  const resource = controller.replace(/Controller$/, '');
  return resource.charAt(0).toLowerCase() + resource.slice(1) + method.charAt(0).toUpperCase() + method.slice(1);
}

/** The controllers with empty stand-ins for whatever their constructors ask for: describing them calls none of it. */
function describedModule(controllers: readonly Type[]): Type {
  const tokens = new Set<InjectionToken>(controllers.flatMap(dependenciesOf));
  @Module({ controllers: [...controllers], providers: [...tokens].map((token) => ({ provide: token, useValue: {} })) })
  class DescribedModule {}
  return DescribedModule;
}

function dependenciesOf(controller: Type): InjectionToken[] {
  const types = (Reflect.getMetadata(PARAMTYPES_METADATA, controller) ?? []) as InjectionToken[];
  const named = (Reflect.getMetadata(SELF_DECLARED_DEPS_METADATA, controller) ?? []) as { index: number; param: InjectionToken }[];
  return types.map((type, index) => named.find((each) => each.index === index)?.param ?? type);
}
