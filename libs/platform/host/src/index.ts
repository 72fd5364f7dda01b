export { type HttpAnswer, type HttpRequest, requestHttp } from './http-request.js';
export * as kinds from './kinds.js';
export {
  checkSettings,
  type Environment,
  optionalVariable,
  readSettings,
  requiredVariable,
  SettingsError,
  type SettingsOf,
  type SettingsTableRow,
  settingsTableOf,
  variableWithDefault,
} from './settings.js';
export { runApp } from './run-app.js';
