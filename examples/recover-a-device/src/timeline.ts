import { Listr } from 'listr2';

const onTerminal = process.stdout.isTTY;

/** What a step may tell while it runs. */
export interface StepReport {
  /** One line of what is going on. */
  note(text: string): void;
  /** How far it is, 0 to 100, drawn as a bar. */
  progress(percent: number, text: string): void;
}

export interface Step {
  readonly title: string;
  run(report: StepReport): Promise<void>;
}

/** What happens to one device, in order. The story of a device ends at its first failed step; the others go on. */
export interface Story {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Plays the stories at the same time: a live list on a terminal, a plain log elsewhere. @throws the first error, when all stories have ended */
export async function playStories(stories: readonly Story[]): Promise<void> {
  const failures: unknown[] = [];
  const tasks = new Listr<void, 'default', 'verbose'>(
    stories.map((story) => ({
      title: story.title,
      task: (_context, task) =>
        task.newListr(
          story.steps.map((step) => ({
            title: `${prefixOf(story)}${step.title}`,
            rendererOptions: { persistentOutput: true },
            async task(_inner, line) {
              await step.run(reportTo(line, prefixOf(story))).catch((error: unknown) => {
                failures.push(error);
                throw error;
              });
            },
          })),
          { concurrent: false, exitOnError: true, rendererOptions: { collapseSubtasks: false } },
        ),
    })),
    { concurrent: true, exitOnError: false, fallbackRenderer: 'verbose' },
  );
  await tasks.run();
  if (failures.length > 0) throw failures[0];
}

/** A plain log has no indentation to tell the devices apart. */
function prefixOf(story: Story): string {
  return onTerminal ? '' : `${story.title.split(':')[0] ?? ''}: `;
}

function reportTo(line: { output: string }, prefix: string): StepReport {
  let shownTenth = -1;
  return {
    note(text) {
      line.output = `${prefix}${text}`;
    },
    progress(percent, text) {
      // A plain log gets ten lines a bar at most.
      const tenth = Math.floor(percent / 10);
      if (tenth === shownTenth && !onTerminal) return;
      shownTenth = tenth;
      const filled = Math.round(percent / 5);
      line.output = `${prefix}${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${percent.toFixed(0).padStart(3)} %  ${text}`;
    },
  };
}
