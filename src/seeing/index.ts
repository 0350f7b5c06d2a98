/** What a network of images sees: feature maps, filters, saliency, Grad-CAM, maps of embeddings. */
export type { ClassTarget } from './class-scores.js';
export type { ColorMap } from './color-maps.js';
export { embeddings, type EmbeddingsOptions } from './embeddings.js';
export { featureMaps, type FeatureMapsOptions, type LayerOutput } from './feature-maps.js';
export { gradCam, type GradCamOptions } from './grad-cam.js';
export { heatMap, overlay, type HeatMapOptions, type OverlayOptions } from './heat-map.js';
export { integratedGradients, type IntegratedGradientsOptions } from './integrated-gradients.js';
export { occlusion, type OcclusionOptions } from './occlusion.js';
export { PrincipalComponents, pca, type PcaOptions } from './pca.js';
export { inputTimesGradient, saliency } from './saliency.js';
export { smoothGrad, type SmoothGradOptions } from './smooth-grad.js';
export { tSne, type TSneMap, type TSneOptions } from './t-sne.js';
export { filters, tile, type TileOptions } from './tile.js';
