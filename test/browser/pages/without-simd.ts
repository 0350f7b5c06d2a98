/** A worker of a browser that does not know vectors. */
WebAssembly.validate = () => false;
