/** What a network of images sees: feature maps, filters, saliency, Grad-CAM, maps of embeddings. */
export type { ClassTarget } from './class-scores.js';
export { featureMaps, type FeatureMapsOptions, type LayerOutput } from './feature-maps.js';
export { gradCam, type GradCamOptions } from './grad-cam.js';
export { integratedGradients, type IntegratedGradientsOptions } from './integrated-gradients.js';
export { inputTimesGradient, saliency } from './saliency.js';
export { smoothGrad, type SmoothGradOptions } from './smooth-grad.js';
