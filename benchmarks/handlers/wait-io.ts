import { task } from '../../workers/task.js';
import wait from './wait.js';

export default task({ kind: 'io' }, wait);
