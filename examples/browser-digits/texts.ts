/** What the page says, in two languages. */
export interface Texts {
  readonly language: string;
  readonly other: string;
  readonly title: string;
  readonly intro: string;
  readonly training: string;
  readonly train: string;
  readonly more: string;
  readonly stop: string;
  readonly save: string;
  readonly progress: string;
  readonly chart: string;
  readonly unseen: string;
  readonly drawing: string;
  readonly canvas: string;
  readonly clear: string;
  readonly keys: string;
  readonly probabilities: string;
  readonly lossOfTraining: string;
  readonly lossOfTest: string;
  readonly epoch: string;
  readonly starting: string;
  readonly ready: string;
  readonly drawingData: string;
  readonly step: (loss: string, speed: string) => string;
  readonly done: (epochs: number, accuracy: string) => string;
  readonly stopped: string;
  readonly guess: (digit: number) => string;
  readonly nothing: string;
  readonly where: (device: string, threads: number) => string;
}

const en: Texts = {
  language: 'en',
  other: '中文',
  title: 'Digits, learnt in this page',
  intro:
    'A network of 784-256-128-10 units learns to read digits, here, in your browser. The 10,000 ' +
    'digits it learns from are drawn on the spot; nothing is sent anywhere.',
  training: 'Train',
  train: 'Train',
  more: 'Train on',
  stop: 'Stop',
  save: 'Save model',
  progress: 'Progress of training',
  chart: 'Loss by epoch, of training and of unseen digits',
  unseen: 'Digits it has not seen, and what it takes them for',
  drawing: 'Draw a digit',
  canvas: 'Area to draw a digit in',
  clear: 'Clear',
  keys: 'Mouse, pen or finger. By keyboard: arrow keys move, Space lowers or lifts the pen, Delete clears.',
  probabilities: 'Probabilities',
  lossOfTraining: 'training',
  lossOfTest: 'unseen',
  epoch: 'epoch',
  starting: 'Starting …',
  ready: 'Ready.',
  drawingData: 'Drawing digits to learn from …',
  step: (loss, speed) => `loss ${loss}, ${speed} digits per second`,
  done: (epochs, accuracy) => `Epoch ${epochs}: ${accuracy} of unseen digits right.`,
  stopped: 'Stopped after the step in progress.',
  guess: (digit) => `This looks like a ${digit}.`,
  nothing: '',
  where: (device, threads) =>
    `Runs on ${device}, ${threads === 1 ? 'one thread' : `up to ${threads} threads`}.`,
};

const zh: Texts = {
  language: 'zh',
  other: 'English',
  title: '在这个网页里学认数字',
  intro:
    '一个 784-256-128-10 的网络就在你的浏览器里学认数字。供它学习的一万个数字是当场画出来的,不会向外发送任何数据。',
  training: '训练',
  train: '开始训练',
  more: '继续训练',
  stop: '停止',
  save: '保存模型',
  progress: '训练进度',
  chart: '每个轮次的损失:训练集与未见过的数字',
  unseen: '它没见过的数字,以及它的判断',
  drawing: '写一个数字',
  canvas: '写数字的区域',
  clear: '清除',
  keys: '用鼠标、笔或手指书写。键盘:方向键移动,空格落笔或提笔,Delete 清除。',
  probabilities: '概率',
  lossOfTraining: '训练',
  lossOfTest: '未见过',
  epoch: '轮次',
  starting: '正在启动……',
  ready: '就绪。',
  drawingData: '正在画供学习的数字……',
  step: (loss, speed) => `损失 ${loss},每秒 ${speed} 个数字`,
  done: (epochs, accuracy) => `第 ${epochs} 轮:未见过的数字认对 ${accuracy}。`,
  stopped: '当前一步完成后已停止。',
  guess: (digit) => `看起来是 ${digit}。`,
  nothing: '',
  where: (device, threads) =>
    `运行于 ${device},${threads === 1 ? '单线程' : `最多 ${threads} 个线程`}。`,
};

export const TEXTS: Readonly<Record<'en' | 'zh', Texts>> = { en, zh };
