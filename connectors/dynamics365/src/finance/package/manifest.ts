/** Order of the journal's parts: lines need their header. */
function entityXml(entity: string, sequence: number): string {
  return [
    '    <DataManagementPackageEntityData>', `      <EntityName>${escapeXml(entity)}</EntityName>`, `      <InputFilePath>${escapeXml(entity)}.csv</InputFilePath>`,
    '      <SourceFormat>CSV</SourceFormat>', `      <ExecutionUnit>1</ExecutionUnit><LevelInExecutionUnit>${sequence}</LevelInExecutionUnit><SequenceInLevel>1</SequenceInLevel>`,
    '    </DataManagementPackageEntityData>',
  ].join('\n');
}

/**
 * The list of what a package holds. Microsoft documents no schema of it (reference 3.8): a project may carry its own mapping, and then this
 * names the entities and files it is applied to.
 */
export function manifestXml(dataProject: string, entities: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>', '<DataManagementPackageManifest xmlns="http://schemas.microsoft.com/dynamics/2015/01/DataManagement">',
    `  <DefinitionGroupName>${escapeXml(dataProject)}</DefinitionGroupName>`, '  <PackageEntityList>', ...entities.map((entity, index) => entityXml(entity, index + 1)),
    '  </PackageEntityList>', '</DataManagementPackageManifest>', '',
  ].join('\n');
}

export function packageHeaderXml(dataProject: string): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>', '<DataManagementPackageHeader xmlns="http://schemas.microsoft.com/dynamics/2015/01/DataManagement">',
    `  <Description>${escapeXml(dataProject)}</Description>`, '  <ManifestType>Microsoft.Dynamics.AX.Framework.Tools.DataManagement.Serialization.DataManagementPackageManifest</ManifestType>',
    '  <PackageType>DefinitionGroup</PackageType>', '  <PackageVersion>2</PackageVersion>', '</DataManagementPackageHeader>', '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
