// Whether the document is OpenAPI 3.1, by its official schema, with every reference resolved:
//   node validate.mjs openapi.json
import SwaggerParser from '@apidevtools/swagger-parser';

const document = await SwaggerParser.validate(process.argv[2]);
console.log(`${document.openapi}: ${Object.keys(document.paths).length} paths`);
