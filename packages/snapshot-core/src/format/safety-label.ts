/** Label of a snapshot taken before a rollback to make it undoable: of a state somebody wanted to leave, so it never counts as the newest good one. */
export const safetyLabel = 'safety';
