export { cutByContent, findCut, setMultiplier, setSieve } from './find-cut.as';
export { isAllZero } from './is-all-zero.as';
export { isIncompressible } from './is-incompressible.as';
export { differingBlocks } from './differing-blocks.as';
