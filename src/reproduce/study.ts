/**
 * What a study of `lapgrad reproduce` is, and what it answers with: one page that becomes HTML, Markdown, text, JSON.
 */
import type { Chart } from "../report/chart.js";
import type { KeyEntry } from "../report/key.js";

/** How a study is asked for. */
export interface StudyOptions {
  /** seeds per setting; undefined: the study's own number */
  readonly seeds: number | undefined;
  /** a first impression within a minute, for continuous integration */
  readonly quick: boolean;
  /** nothing is trained: a page of what is over already, as far as it got */
  readonly kept?: boolean;
  /** tunes learning rates again, where the study has stored ones */
  readonly sweep?: boolean;
  /** plants, rules and minutes of driving, where a study compares rules on plants; undefined: its own */
  readonly plants?: readonly string[] | undefined;
  readonly rules?: readonly string[] | undefined;
  readonly minutes?: number | undefined;
  /** where its page goes, and where it looks for what is over already */
  readonly out?: string;
  /** folder of reference data; undefined if there is none */
  readonly reference: string | undefined;
  /**
   * The answers to jobs of a kind, by their settings, computed on all cores with progress on the screen. `known`: those
   * that are over, in the order of the jobs.
   */
  readonly run: <J, A>(
    kind: string,
    settings: readonly J[],
    what: string,
    known?: readonly (A | undefined)[],
  ) => Promise<A[]>;
  /** what an earlier command into the same place has computed, of whatever kind; undefined: nothing is kept */
  readonly over?: () => Promise<readonly unknown[]>;
}

/** What is asked for of a study that can be planned. */
export type PlannedOptions = Pick<StudyOptions, "seeds" | "plants" | "rules" | "minutes"> & {
  readonly quick?: boolean | undefined;
};

/** The jobs of a study, which may be computed elsewhere, and the page that is made of their answers. */
export interface PlannedStudy<J, A> {
  readonly kind: string;
  jobs(options: PlannedOptions): J[];
  /** of the answers in the order of the jobs; undefined: there is none yet. @throws UserError if there are too few */
  page(jobs: readonly J[], answers: readonly (A | undefined)[]): StudyPage;
}

/** Heading, sentences (Markdown), tables and charts. */
export interface Section {
  readonly heading: string;
  /** paragraphs of Markdown; the page shows them as plain text */
  readonly text?: readonly string[];
  /** first row: headings */
  readonly table?: readonly (readonly string[])[];
  readonly charts?: readonly Chart[];
  /** of the charts' curves: class name and meaning */
  readonly key?: readonly KeyEntry[];
}

export interface StudyPage {
  readonly title: string;
  readonly intro: readonly string[];
  readonly sections: readonly Section[];
  /** style rules of the charts' class names, e.g. `.closed{--c:var(--blue)}` */
  readonly style?: string;
  /** further files to be written beside the page: contents by name */
  readonly files?: Readonly<Record<string, string>>;
  /** everything as numbers, for --json */
  readonly results: Readonly<Record<string, unknown>>;
  /** what was not as it should be: the command fails with it after everything is written */
  readonly failure?: string;
}

export interface Study {
  readonly name: string;
  /** for --help */
  readonly describe: string;
  /** true: it cannot do anything without reference data, and `reproduce all` leaves it out then */
  readonly needsReference?: boolean;
  /** true: `reproduce all` leaves it out */
  readonly takesHours?: true;
  readonly run: (options: StudyOptions) => Promise<StudyPage>;
}
