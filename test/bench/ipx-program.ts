/** The server of ipx with files and no cache, as its documentation builds it. */
import { createServer } from 'node:http';
import { argv } from 'node:process';
import { createIPX, createIPXNodeServer, ipxFSStorage } from 'ipx';

const [inbox = '', port = '', sharpOptions = '{}'] = argv.slice(2);

const ipx = createIPX({ storage: ipxFSStorage({ dir: inbox }), sharpOptions: JSON.parse(sharpOptions) as object });
createServer(createIPXNodeServer(ipx)).listen(Number(port), '127.0.0.1');
