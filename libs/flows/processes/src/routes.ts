export { routes } from '#registry';
