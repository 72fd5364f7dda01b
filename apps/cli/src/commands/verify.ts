import { type Command } from 'commander';

export const verifyCommand = (program: Command): void => {
  program.command('verify').description('check the books against the log');
};
