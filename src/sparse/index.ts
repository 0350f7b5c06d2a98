/** Sparse matrices: their structure, and the two products that are each other's gradients. */
export { Csr } from './csr.js';
export { sddmm, spmm } from './products.js';
