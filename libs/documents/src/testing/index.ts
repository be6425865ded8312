export { type BuiltCell, type BuiltSheet, type BuiltWorkbook, type PackedFile, rowsXml, workbook, workbookFiles, zip } from '../xlsx/testing/workbook-builder.js';
