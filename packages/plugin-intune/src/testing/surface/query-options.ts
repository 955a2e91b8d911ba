/** The query options of a collection that comes in pages. */
export const pagedOptions = ['$filter', '$select', '$top', '$skiptoken', '$count'] as const;
/** The query options of a single object. */
export const objectOptions = ['$select'] as const;
