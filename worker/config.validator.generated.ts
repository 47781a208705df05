// Generated from schemas/worker-config.schema.json by `npm run generate`. Do not edit.
// @ts-nocheck
import func2Module from 'ajv/dist/runtime/ucs2length.js';
export const validate = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://previews.mobius.dev/schemas/worker-config.schema.json","title":"WorkerConfig","description":"What a worker pod is told, as one file: the operator renders it into a ConfigMap, the worker reads it at start. It holds no secret: credentials are files, named here by their path.","type":"object","additionalProperties":false,"required":["version","queue","redis","slots","perJob","sources","sink","presets","shutdownGraceSeconds","logLevel"],"properties":{"version":{"const":1},"pool":{"description":"The pool this worker belongs to; absent for a worker without the operator.","type":"object","additionalProperties":false,"required":["namespace","name"],"properties":{"namespace":{"type":"string","maxLength":63},"name":{"type":"string","maxLength":253}}},"queue":{"type":"object","additionalProperties":false,"required":["name","prefix"],"properties":{"name":{"description":"BullMQ queue name; it can not hold ':'.","type":"string","minLength":1,"maxLength":128,"pattern":"^[^:\\s]+$"},"prefix":{"description":"BullMQ key prefix.","type":"string","minLength":1,"maxLength":128,"pattern":"^\\S+$"}}},"redis":{"description":"Exactly one of url, urlFile, sentinel and cluster.","type":"object","additionalProperties":false,"properties":{"url":{"description":"redis:// or rediss:// without credentials and without a database path.","type":"string","minLength":1,"maxLength":2048},"urlFile":{"description":"A file that holds a whole URL, credentials allowed; read again at each reconnect.","type":"string","minLength":1,"maxLength":4096},"sentinel":{"description":"The Sentinels that know which server is the primary. tls and the credentials beside it are the primary's; tls is used to the Sentinels too.","type":"object","additionalProperties":false,"required":["masterName","nodes"],"properties":{"masterName":{"type":"string","minLength":1,"maxLength":253},"nodes":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["host","port"],"properties":{"host":{"type":"string","minLength":1,"maxLength":253},"port":{"type":"integer","minimum":1,"maximum":65535}}}},"passwordFile":{"description":"For the Sentinels.","type":"string","minLength":1,"maxLength":4096}}},"cluster":{"description":"Nodes of a Redis Cluster to ask for the others; queue.prefix must then hold a hash tag such as {bull}.","type":"object","additionalProperties":false,"required":["nodes"],"properties":{"nodes":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["host","port"],"properties":{"host":{"type":"string","minLength":1,"maxLength":253},"port":{"type":"integer","minimum":1,"maximum":65535}}}}}},"usernameFile":{"type":"string","minLength":1,"maxLength":4096},"passwordFile":{"type":"string","minLength":1,"maxLength":4096},"database":{"type":"integer","minimum":0,"maximum":15},"tls":{"description":"TLS; an empty one trusts the system's authorities.","type":"object","additionalProperties":false,"properties":{"caFile":{"type":"string","minLength":1,"maxLength":4096},"certFile":{"type":"string","minLength":1,"maxLength":4096},"keyFile":{"type":"string","minLength":1,"maxLength":4096},"serverName":{"type":"string","minLength":1,"maxLength":253}}}}},"slots":{"description":"Jobs rendered at once in this pod, one process each.","type":"integer","minimum":1,"maximum":64},"perJob":{"description":"Limits of one job. A job may tighten them, never loosen them.","type":"object","additionalProperties":false,"required":["timeoutSeconds","memoryBytes","sourceBytes","pixels","pages","frames","outputBytes"],"properties":{"timeoutSeconds":{"description":"Wall-clock seconds of rendering; fetching the source has as many of its own.","type":"integer","minimum":1,"maximum":3600},"memoryBytes":{"description":"Resident bytes of the slot's process and its descendants.","type":"integer","minimum":67108864,"maximum":68719476736},"sourceBytes":{"description":"Bytes of the source file.","type":"integer","minimum":1,"maximum":68719476736},"pixels":{"description":"Width × height × frames decoded.","type":"integer","minimum":1,"maximum":4294967296},"pages":{"type":"integer","minimum":1,"maximum":10000},"frames":{"type":"integer","minimum":1,"maximum":100000},"outputBytes":{"description":"Bytes of all outputs of one job together.","type":"integer","minimum":1,"maximum":4294967296}}},"renderers":{"description":"The renderers to use; absent: all that the image has.","type":"array","minItems":1,"maxItems":32,"items":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"perJob":{"description":"What differs from perJob for files of this renderer.","type":"object","additionalProperties":false,"properties":{"timeoutSeconds":{"type":"integer","minimum":1,"maximum":3600},"memoryBytes":{"type":"integer","minimum":67108864,"maximum":68719476736},"sourceBytes":{"type":"integer","minimum":1,"maximum":68719476736},"pixels":{"type":"integer","minimum":1,"maximum":4294967296},"pages":{"type":"integer","minimum":1,"maximum":10000},"frames":{"type":"integer","minimum":1,"maximum":100000},"outputBytes":{"type":"integer","minimum":1,"maximum":4294967296}}}}}},"sources":{"description":"Where jobs may read from; an absent member is off.","type":"object","additionalProperties":false,"minProperties":1,"properties":{"file":{"type":"object","additionalProperties":false,"required":["roots"],"properties":{"roots":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["path"],"properties":{"path":{"description":"Absolute folder; file: URIs must resolve inside one of these.","type":"string","pattern":"^/","maxLength":1024}}}}}},"s3":{"type":"object","additionalProperties":false,"properties":{"endpoint":{"$ref":"#/$defs/s3Endpoint"},"region":{"$ref":"#/$defs/s3Region"},"buckets":{"description":"Only these may be read; absent: every bucket that the credentials can read.","type":"array","minItems":1,"maxItems":64,"items":{"$ref":"#/$defs/s3Bucket"}},"credentials":{"$ref":"#/$defs/s3Credentials"},"forcePathStyle":{"$ref":"#/$defs/s3PathStyle"}}},"http":{"description":"Files of http and https servers, by their public addresses only; redirects are held to the same rules.","type":"object","additionalProperties":false,"properties":{"allowedHosts":{"description":"Only these: a name, or *.name for every name below it. IDNs in their xn-- form. Absent: every host.","type":"array","minItems":1,"maxItems":256,"items":{"type":"string","maxLength":253,"pattern":"^(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$"}},"allowPrivateNetworks":{"description":"Also loopback, private (RFC 1918), shared (100.64.0.0/10) and unique local (fc00::/7) addresses; never link-local ones or metadata services.","type":"boolean"}}}}},"sink":{"description":"Exactly one of file and s3.","type":"object","additionalProperties":false,"minProperties":1,"maxProperties":1,"properties":{"file":{"type":"object","additionalProperties":false,"required":["path"],"properties":{"path":{"type":"string","pattern":"^/","maxLength":1024}}},"s3":{"type":"object","additionalProperties":false,"required":["bucket"],"properties":{"endpoint":{"$ref":"#/$defs/s3Endpoint"},"region":{"$ref":"#/$defs/s3Region"},"bucket":{"$ref":"#/$defs/s3Bucket"},"prefix":{"description":"Everything lies below it, as below a folder; without a slash in front.","type":"string","maxLength":512,"pattern":"^[^/]+(/[^/]+)*/?$"},"credentials":{"$ref":"#/$defs/s3Credentials"},"forcePathStyle":{"$ref":"#/$defs/s3PathStyle"}}}}},"presets":{"type":"array","maxItems":64,"items":{"type":"object","additionalProperties":false,"required":["name","width","height","fit","format","quality"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},"width":{"description":"Pixels; the output is never enlarged.","type":"integer","minimum":1,"maximum":16384},"height":{"description":"Pixels; the output is never enlarged.","type":"integer","minimum":1,"maximum":16384},"fit":{"enum":["cover","contain","inside","fill"]},"format":{"enum":["jpeg","png","webp","avif"]},"quality":{"type":"integer","minimum":1,"maximum":100},"position":{"description":"Which part stays when cover cuts: the middle, where people look first, or where most detail is. Animations are cut in the middle.","enum":["centre","attention","entropy"]},"background":{"description":"Behind transparency and around contain; absent: nothing where the format can, else white.","type":"string","pattern":"^#[0-9a-f]{6}$"},"effort":{"description":"CPU spent on fewer bytes; formats that know less take their most.","type":"integer","minimum":0,"maximum":9},"lossless":{"description":"webp and avif without loss; quality then matters little.","type":"boolean"},"sharpen":{"description":"Gently, after the picture was shrunk.","type":"boolean"},"animated":{"description":"Keep the motion of an animation where the format can (webp); else the page asked for is shown.","type":"boolean"},"copyright":{"description":"Carry the source's EXIF copyright and artist over; everything else of EXIF is left behind.","type":"boolean"}}}},"shutdownGraceSeconds":{"description":"How long running jobs may go on after SIGTERM before they are given back.","type":"integer","minimum":0,"maximum":3600},"waitTargetSeconds":{"description":"Within how many seconds jobs of a lane are to start: the metrics tell how many did. Absent: 30, and 1800 for backfill.","type":"object","additionalProperties":false,"properties":{"interactive":{"type":"integer","minimum":1,"maximum":86400},"backfill":{"type":"integer","minimum":1,"maximum":604800}}},"logLevel":{"enum":["debug","info","warn","error"]}},"$defs":{"s3Endpoint":{"description":"http:// or https:// without credentials; absent: AWS.","type":"string","maxLength":2048,"pattern":"^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$"},"s3Region":{"description":"Absent: us-east-1 at an endpoint, else what the pod's environment says.","type":"string","pattern":"^[a-z0-9][a-z0-9-]{0,62}$"},"s3Bucket":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$"},"s3Credentials":{"title":"S3Credentials","description":"Files, read again for every request; absent: the pod's own identity.","type":"object","additionalProperties":false,"required":["accessKeyIdFile","secretAccessKeyFile"],"properties":{"accessKeyIdFile":{"type":"string","minLength":1,"maxLength":4096},"secretAccessKeyFile":{"type":"string","minLength":1,"maxLength":4096}}},"s3PathStyle":{"description":"The bucket in the path, not in the host; absent: so at an endpoint, not so at AWS.","type":"boolean"}}};
const schema32 = {"description":"http:// or https:// without credentials; absent: AWS.","type":"string","maxLength":2048,"pattern":"^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$"};
const schema33 = {"description":"Absent: us-east-1 at an endpoint, else what the pod's environment says.","type":"string","pattern":"^[a-z0-9][a-z0-9-]{0,62}$"};
const schema34 = {"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$"};
const schema35 = {"title":"S3Credentials","description":"Files, read again for every request; absent: the pod's own identity.","type":"object","additionalProperties":false,"required":["accessKeyIdFile","secretAccessKeyFile"],"properties":{"accessKeyIdFile":{"type":"string","minLength":1,"maxLength":4096},"secretAccessKeyFile":{"type":"string","minLength":1,"maxLength":4096}}};
const schema36 = {"description":"The bucket in the path, not in the host; absent: so at an endpoint, not so at AWS.","type":"boolean"};
const func1 = Object.prototype.hasOwnProperty;
const func2 = func2Module.default;
const pattern4 = new RegExp("^[^:\\s]+$", "u");
const pattern5 = new RegExp("^\\S+$", "u");
const pattern6 = new RegExp("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", "u");
const pattern7 = new RegExp("^/", "u");
const pattern8 = new RegExp("^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$", "u");
const pattern9 = new RegExp("^[a-z0-9][a-z0-9-]{0,62}$", "u");
const pattern10 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$", "u");
const pattern11 = new RegExp("^(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$", "u");
const pattern16 = new RegExp("^[^/]+(/[^/]+)*/?$", "u");
const pattern18 = new RegExp("^#[0-9a-f]{6}$", "u");

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://previews.mobius.dev/schemas/worker-config.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((((((data.version === undefined) && (missing0 = "version")) || ((data.queue === undefined) && (missing0 = "queue"))) || ((data.redis === undefined) && (missing0 = "redis"))) || ((data.slots === undefined) && (missing0 = "slots"))) || ((data.perJob === undefined) && (missing0 = "perJob"))) || ((data.sources === undefined) && (missing0 = "sources"))) || ((data.sink === undefined) && (missing0 = "sink"))) || ((data.presets === undefined) && (missing0 = "presets"))) || ((data.shutdownGraceSeconds === undefined) && (missing0 = "shutdownGraceSeconds"))) || ((data.logLevel === undefined) && (missing0 = "logLevel"))){
validate20.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'",schema:schema31.required,parentSchema:schema31,data}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func1.call(schema31.properties, key0))){
validate20.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.version !== undefined){
let data0 = data.version;
const _errs2 = errors;
if(1 !== data0){
validate20.errors = [{instancePath:instancePath+"/version",schemaPath:"#/properties/version/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant",schema:1,parentSchema:schema31.properties.version,data:data0}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.pool !== undefined){
let data1 = data.pool;
const _errs3 = errors;
if(errors === _errs3){
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
let missing1;
if(((data1.namespace === undefined) && (missing1 = "namespace")) || ((data1.name === undefined) && (missing1 = "name"))){
validate20.errors = [{instancePath:instancePath+"/pool",schemaPath:"#/properties/pool/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'",schema:schema31.properties.pool.required,parentSchema:schema31.properties.pool,data:data1}];
return false;
}
else {
const _errs5 = errors;
for(const key1 in data1){
if(!((key1 === "namespace") || (key1 === "name"))){
validate20.errors = [{instancePath:instancePath+"/pool",schemaPath:"#/properties/pool/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.pool,data:data1}];
return false;
break;
}
}
if(_errs5 === errors){
if(data1.namespace !== undefined){
let data2 = data1.namespace;
const _errs6 = errors;
if(errors === _errs6){
if(typeof data2 === "string"){
if(func2(data2) > 63){
validate20.errors = [{instancePath:instancePath+"/pool/namespace",schemaPath:"#/properties/pool/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema31.properties.pool.properties.namespace,data:data2}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/pool/namespace",schemaPath:"#/properties/pool/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.pool.properties.namespace.type,parentSchema:schema31.properties.pool.properties.namespace,data:data2}];
return false;
}
}
var valid1 = _errs6 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data1.name !== undefined){
let data3 = data1.name;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data3 === "string"){
if(func2(data3) > 253){
validate20.errors = [{instancePath:instancePath+"/pool/name",schemaPath:"#/properties/pool/properties/name/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema31.properties.pool.properties.name,data:data3}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/pool/name",schemaPath:"#/properties/pool/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.pool.properties.name.type,parentSchema:schema31.properties.pool.properties.name,data:data3}];
return false;
}
}
var valid1 = _errs8 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/pool",schemaPath:"#/properties/pool/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.pool.type,parentSchema:schema31.properties.pool,data:data1}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.queue !== undefined){
let data4 = data.queue;
const _errs10 = errors;
if(errors === _errs10){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
let missing2;
if(((data4.name === undefined) && (missing2 = "name")) || ((data4.prefix === undefined) && (missing2 = "prefix"))){
validate20.errors = [{instancePath:instancePath+"/queue",schemaPath:"#/properties/queue/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'",schema:schema31.properties.queue.required,parentSchema:schema31.properties.queue,data:data4}];
return false;
}
else {
const _errs12 = errors;
for(const key2 in data4){
if(!((key2 === "name") || (key2 === "prefix"))){
validate20.errors = [{instancePath:instancePath+"/queue",schemaPath:"#/properties/queue/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.queue,data:data4}];
return false;
break;
}
}
if(_errs12 === errors){
if(data4.name !== undefined){
let data5 = data4.name;
const _errs13 = errors;
if(errors === _errs13){
if(typeof data5 === "string"){
if(func2(data5) > 128){
validate20.errors = [{instancePath:instancePath+"/queue/name",schemaPath:"#/properties/queue/properties/name/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema31.properties.queue.properties.name,data:data5}];
return false;
}
else {
if(func2(data5) < 1){
validate20.errors = [{instancePath:instancePath+"/queue/name",schemaPath:"#/properties/queue/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.queue.properties.name,data:data5}];
return false;
}
else {
if(!pattern4.test(data5)){
validate20.errors = [{instancePath:instancePath+"/queue/name",schemaPath:"#/properties/queue/properties/name/pattern",keyword:"pattern",params:{pattern: "^[^:\\s]+$"},message:"must match pattern \""+"^[^:\\s]+$"+"\"",schema:"^[^:\\s]+$",parentSchema:schema31.properties.queue.properties.name,data:data5}];
return false;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/queue/name",schemaPath:"#/properties/queue/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.queue.properties.name.type,parentSchema:schema31.properties.queue.properties.name,data:data5}];
return false;
}
}
var valid2 = _errs13 === errors;
}
else {
var valid2 = true;
}
if(valid2){
if(data4.prefix !== undefined){
let data6 = data4.prefix;
const _errs15 = errors;
if(errors === _errs15){
if(typeof data6 === "string"){
if(func2(data6) > 128){
validate20.errors = [{instancePath:instancePath+"/queue/prefix",schemaPath:"#/properties/queue/properties/prefix/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema31.properties.queue.properties.prefix,data:data6}];
return false;
}
else {
if(func2(data6) < 1){
validate20.errors = [{instancePath:instancePath+"/queue/prefix",schemaPath:"#/properties/queue/properties/prefix/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.queue.properties.prefix,data:data6}];
return false;
}
else {
if(!pattern5.test(data6)){
validate20.errors = [{instancePath:instancePath+"/queue/prefix",schemaPath:"#/properties/queue/properties/prefix/pattern",keyword:"pattern",params:{pattern: "^\\S+$"},message:"must match pattern \""+"^\\S+$"+"\"",schema:"^\\S+$",parentSchema:schema31.properties.queue.properties.prefix,data:data6}];
return false;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/queue/prefix",schemaPath:"#/properties/queue/properties/prefix/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.queue.properties.prefix.type,parentSchema:schema31.properties.queue.properties.prefix,data:data6}];
return false;
}
}
var valid2 = _errs15 === errors;
}
else {
var valid2 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/queue",schemaPath:"#/properties/queue/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.queue.type,parentSchema:schema31.properties.queue,data:data4}];
return false;
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.redis !== undefined){
let data7 = data.redis;
const _errs17 = errors;
if(errors === _errs17){
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
const _errs19 = errors;
for(const key3 in data7){
if(!((((((((key3 === "url") || (key3 === "urlFile")) || (key3 === "sentinel")) || (key3 === "cluster")) || (key3 === "usernameFile")) || (key3 === "passwordFile")) || (key3 === "database")) || (key3 === "tls"))){
validate20.errors = [{instancePath:instancePath+"/redis",schemaPath:"#/properties/redis/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.redis,data:data7}];
return false;
break;
}
}
if(_errs19 === errors){
if(data7.url !== undefined){
let data8 = data7.url;
const _errs20 = errors;
if(errors === _errs20){
if(typeof data8 === "string"){
if(func2(data8) > 2048){
validate20.errors = [{instancePath:instancePath+"/redis/url",schemaPath:"#/properties/redis/properties/url/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema31.properties.redis.properties.url,data:data8}];
return false;
}
else {
if(func2(data8) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/url",schemaPath:"#/properties/redis/properties/url/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.url,data:data8}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/url",schemaPath:"#/properties/redis/properties/url/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.url.type,parentSchema:schema31.properties.redis.properties.url,data:data8}];
return false;
}
}
var valid3 = _errs20 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.urlFile !== undefined){
let data9 = data7.urlFile;
const _errs22 = errors;
if(errors === _errs22){
if(typeof data9 === "string"){
if(func2(data9) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/urlFile",schemaPath:"#/properties/redis/properties/urlFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.urlFile,data:data9}];
return false;
}
else {
if(func2(data9) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/urlFile",schemaPath:"#/properties/redis/properties/urlFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.urlFile,data:data9}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/urlFile",schemaPath:"#/properties/redis/properties/urlFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.urlFile.type,parentSchema:schema31.properties.redis.properties.urlFile,data:data9}];
return false;
}
}
var valid3 = _errs22 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.sentinel !== undefined){
let data10 = data7.sentinel;
const _errs24 = errors;
if(errors === _errs24){
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
let missing3;
if(((data10.masterName === undefined) && (missing3 = "masterName")) || ((data10.nodes === undefined) && (missing3 = "nodes"))){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel",schemaPath:"#/properties/redis/properties/sentinel/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'",schema:schema31.properties.redis.properties.sentinel.required,parentSchema:schema31.properties.redis.properties.sentinel,data:data10}];
return false;
}
else {
const _errs26 = errors;
for(const key4 in data10){
if(!(((key4 === "masterName") || (key4 === "nodes")) || (key4 === "passwordFile"))){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel",schemaPath:"#/properties/redis/properties/sentinel/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.redis.properties.sentinel,data:data10}];
return false;
break;
}
}
if(_errs26 === errors){
if(data10.masterName !== undefined){
let data11 = data10.masterName;
const _errs27 = errors;
if(errors === _errs27){
if(typeof data11 === "string"){
if(func2(data11) > 253){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/masterName",schemaPath:"#/properties/redis/properties/sentinel/properties/masterName/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema31.properties.redis.properties.sentinel.properties.masterName,data:data11}];
return false;
}
else {
if(func2(data11) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/masterName",schemaPath:"#/properties/redis/properties/sentinel/properties/masterName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.sentinel.properties.masterName,data:data11}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/masterName",schemaPath:"#/properties/redis/properties/sentinel/properties/masterName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.sentinel.properties.masterName.type,parentSchema:schema31.properties.redis.properties.sentinel.properties.masterName,data:data11}];
return false;
}
}
var valid4 = _errs27 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data10.nodes !== undefined){
let data12 = data10.nodes;
const _errs29 = errors;
if(errors === _errs29){
if(Array.isArray(data12)){
if(data12.length > 16){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes,data:data12}];
return false;
}
else {
if(data12.length < 1){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes,data:data12}];
return false;
}
else {
var valid5 = true;
const len0 = data12.length;
for(let i0=0; i0<len0; i0++){
let data13 = data12[i0];
const _errs31 = errors;
if(errors === _errs31){
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
let missing4;
if(((data13.host === undefined) && (missing4 = "host")) || ((data13.port === undefined) && (missing4 = "port"))){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0,schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/required",keyword:"required",params:{missingProperty: missing4},message:"must have required property '"+missing4+"'",schema:schema31.properties.redis.properties.sentinel.properties.nodes.items.required,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items,data:data13}];
return false;
}
else {
const _errs33 = errors;
for(const key5 in data13){
if(!((key5 === "host") || (key5 === "port"))){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0,schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items,data:data13}];
return false;
break;
}
}
if(_errs33 === errors){
if(data13.host !== undefined){
let data14 = data13.host;
const _errs34 = errors;
if(errors === _errs34){
if(typeof data14 === "string"){
if(func2(data14) > 253){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0+"/host",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/properties/host/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.host,data:data14}];
return false;
}
else {
if(func2(data14) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0+"/host",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/properties/host/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.host,data:data14}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0+"/host",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/properties/host/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.host.type,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.host,data:data14}];
return false;
}
}
var valid6 = _errs34 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data13.port !== undefined){
let data15 = data13.port;
const _errs36 = errors;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0+"/port",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/properties/port/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.port.type,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.port,data:data15}];
return false;
}
if(errors === _errs36){
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 65535 || isNaN(data15)){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0+"/port",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.port,data:data15}];
return false;
}
else {
if(data15 < 1 || isNaN(data15)){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0+"/port",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items.properties.port,data:data15}];
return false;
}
}
}
}
var valid6 = _errs36 === errors;
}
else {
var valid6 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes/" + i0,schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.redis.properties.sentinel.properties.nodes.items.type,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes.items,data:data13}];
return false;
}
}
var valid5 = _errs31 === errors;
if(!valid5){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/nodes",schemaPath:"#/properties/redis/properties/sentinel/properties/nodes/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.redis.properties.sentinel.properties.nodes.type,parentSchema:schema31.properties.redis.properties.sentinel.properties.nodes,data:data12}];
return false;
}
}
var valid4 = _errs29 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data10.passwordFile !== undefined){
let data16 = data10.passwordFile;
const _errs38 = errors;
if(errors === _errs38){
if(typeof data16 === "string"){
if(func2(data16) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/passwordFile",schemaPath:"#/properties/redis/properties/sentinel/properties/passwordFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.sentinel.properties.passwordFile,data:data16}];
return false;
}
else {
if(func2(data16) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/passwordFile",schemaPath:"#/properties/redis/properties/sentinel/properties/passwordFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.sentinel.properties.passwordFile,data:data16}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/sentinel/passwordFile",schemaPath:"#/properties/redis/properties/sentinel/properties/passwordFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.sentinel.properties.passwordFile.type,parentSchema:schema31.properties.redis.properties.sentinel.properties.passwordFile,data:data16}];
return false;
}
}
var valid4 = _errs38 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/sentinel",schemaPath:"#/properties/redis/properties/sentinel/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.redis.properties.sentinel.type,parentSchema:schema31.properties.redis.properties.sentinel,data:data10}];
return false;
}
}
var valid3 = _errs24 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.cluster !== undefined){
let data17 = data7.cluster;
const _errs40 = errors;
if(errors === _errs40){
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
let missing5;
if((data17.nodes === undefined) && (missing5 = "nodes")){
validate20.errors = [{instancePath:instancePath+"/redis/cluster",schemaPath:"#/properties/redis/properties/cluster/required",keyword:"required",params:{missingProperty: missing5},message:"must have required property '"+missing5+"'",schema:schema31.properties.redis.properties.cluster.required,parentSchema:schema31.properties.redis.properties.cluster,data:data17}];
return false;
}
else {
const _errs42 = errors;
for(const key6 in data17){
if(!(key6 === "nodes")){
validate20.errors = [{instancePath:instancePath+"/redis/cluster",schemaPath:"#/properties/redis/properties/cluster/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.redis.properties.cluster,data:data17}];
return false;
break;
}
}
if(_errs42 === errors){
if(data17.nodes !== undefined){
let data18 = data17.nodes;
const _errs43 = errors;
if(errors === _errs43){
if(Array.isArray(data18)){
if(data18.length > 16){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes,data:data18}];
return false;
}
else {
if(data18.length < 1){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes,data:data18}];
return false;
}
else {
var valid8 = true;
const len1 = data18.length;
for(let i1=0; i1<len1; i1++){
let data19 = data18[i1];
const _errs45 = errors;
if(errors === _errs45){
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
let missing6;
if(((data19.host === undefined) && (missing6 = "host")) || ((data19.port === undefined) && (missing6 = "port"))){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1,schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/required",keyword:"required",params:{missingProperty: missing6},message:"must have required property '"+missing6+"'",schema:schema31.properties.redis.properties.cluster.properties.nodes.items.required,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items,data:data19}];
return false;
}
else {
const _errs47 = errors;
for(const key7 in data19){
if(!((key7 === "host") || (key7 === "port"))){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1,schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items,data:data19}];
return false;
break;
}
}
if(_errs47 === errors){
if(data19.host !== undefined){
let data20 = data19.host;
const _errs48 = errors;
if(errors === _errs48){
if(typeof data20 === "string"){
if(func2(data20) > 253){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1+"/host",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/properties/host/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.host,data:data20}];
return false;
}
else {
if(func2(data20) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1+"/host",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/properties/host/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.host,data:data20}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1+"/host",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/properties/host/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.host.type,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.host,data:data20}];
return false;
}
}
var valid9 = _errs48 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data19.port !== undefined){
let data21 = data19.port;
const _errs50 = errors;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1+"/port",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/properties/port/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.port.type,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.port,data:data21}];
return false;
}
if(errors === _errs50){
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 > 65535 || isNaN(data21)){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1+"/port",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.port,data:data21}];
return false;
}
else {
if(data21 < 1 || isNaN(data21)){
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1+"/port",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items.properties.port,data:data21}];
return false;
}
}
}
}
var valid9 = _errs50 === errors;
}
else {
var valid9 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes/" + i1,schemaPath:"#/properties/redis/properties/cluster/properties/nodes/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.redis.properties.cluster.properties.nodes.items.type,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes.items,data:data19}];
return false;
}
}
var valid8 = _errs45 === errors;
if(!valid8){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/cluster/nodes",schemaPath:"#/properties/redis/properties/cluster/properties/nodes/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.redis.properties.cluster.properties.nodes.type,parentSchema:schema31.properties.redis.properties.cluster.properties.nodes,data:data18}];
return false;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/cluster",schemaPath:"#/properties/redis/properties/cluster/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.redis.properties.cluster.type,parentSchema:schema31.properties.redis.properties.cluster,data:data17}];
return false;
}
}
var valid3 = _errs40 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.usernameFile !== undefined){
let data22 = data7.usernameFile;
const _errs52 = errors;
if(errors === _errs52){
if(typeof data22 === "string"){
if(func2(data22) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/usernameFile",schemaPath:"#/properties/redis/properties/usernameFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.usernameFile,data:data22}];
return false;
}
else {
if(func2(data22) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/usernameFile",schemaPath:"#/properties/redis/properties/usernameFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.usernameFile,data:data22}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/usernameFile",schemaPath:"#/properties/redis/properties/usernameFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.usernameFile.type,parentSchema:schema31.properties.redis.properties.usernameFile,data:data22}];
return false;
}
}
var valid3 = _errs52 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.passwordFile !== undefined){
let data23 = data7.passwordFile;
const _errs54 = errors;
if(errors === _errs54){
if(typeof data23 === "string"){
if(func2(data23) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/passwordFile",schemaPath:"#/properties/redis/properties/passwordFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.passwordFile,data:data23}];
return false;
}
else {
if(func2(data23) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/passwordFile",schemaPath:"#/properties/redis/properties/passwordFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.passwordFile,data:data23}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/passwordFile",schemaPath:"#/properties/redis/properties/passwordFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.passwordFile.type,parentSchema:schema31.properties.redis.properties.passwordFile,data:data23}];
return false;
}
}
var valid3 = _errs54 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.database !== undefined){
let data24 = data7.database;
const _errs56 = errors;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
validate20.errors = [{instancePath:instancePath+"/redis/database",schemaPath:"#/properties/redis/properties/database/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.redis.properties.database.type,parentSchema:schema31.properties.redis.properties.database,data:data24}];
return false;
}
if(errors === _errs56){
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 15 || isNaN(data24)){
validate20.errors = [{instancePath:instancePath+"/redis/database",schemaPath:"#/properties/redis/properties/database/maximum",keyword:"maximum",params:{comparison: "<=", limit: 15},message:"must be <= 15",schema:15,parentSchema:schema31.properties.redis.properties.database,data:data24}];
return false;
}
else {
if(data24 < 0 || isNaN(data24)){
validate20.errors = [{instancePath:instancePath+"/redis/database",schemaPath:"#/properties/redis/properties/database/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.redis.properties.database,data:data24}];
return false;
}
}
}
}
var valid3 = _errs56 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data7.tls !== undefined){
let data25 = data7.tls;
const _errs58 = errors;
if(errors === _errs58){
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
const _errs60 = errors;
for(const key8 in data25){
if(!((((key8 === "caFile") || (key8 === "certFile")) || (key8 === "keyFile")) || (key8 === "serverName"))){
validate20.errors = [{instancePath:instancePath+"/redis/tls",schemaPath:"#/properties/redis/properties/tls/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.redis.properties.tls,data:data25}];
return false;
break;
}
}
if(_errs60 === errors){
if(data25.caFile !== undefined){
let data26 = data25.caFile;
const _errs61 = errors;
if(errors === _errs61){
if(typeof data26 === "string"){
if(func2(data26) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/tls/caFile",schemaPath:"#/properties/redis/properties/tls/properties/caFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.tls.properties.caFile,data:data26}];
return false;
}
else {
if(func2(data26) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/tls/caFile",schemaPath:"#/properties/redis/properties/tls/properties/caFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.tls.properties.caFile,data:data26}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/tls/caFile",schemaPath:"#/properties/redis/properties/tls/properties/caFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.tls.properties.caFile.type,parentSchema:schema31.properties.redis.properties.tls.properties.caFile,data:data26}];
return false;
}
}
var valid10 = _errs61 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data25.certFile !== undefined){
let data27 = data25.certFile;
const _errs63 = errors;
if(errors === _errs63){
if(typeof data27 === "string"){
if(func2(data27) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/tls/certFile",schemaPath:"#/properties/redis/properties/tls/properties/certFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.tls.properties.certFile,data:data27}];
return false;
}
else {
if(func2(data27) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/tls/certFile",schemaPath:"#/properties/redis/properties/tls/properties/certFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.tls.properties.certFile,data:data27}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/tls/certFile",schemaPath:"#/properties/redis/properties/tls/properties/certFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.tls.properties.certFile.type,parentSchema:schema31.properties.redis.properties.tls.properties.certFile,data:data27}];
return false;
}
}
var valid10 = _errs63 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data25.keyFile !== undefined){
let data28 = data25.keyFile;
const _errs65 = errors;
if(errors === _errs65){
if(typeof data28 === "string"){
if(func2(data28) > 4096){
validate20.errors = [{instancePath:instancePath+"/redis/tls/keyFile",schemaPath:"#/properties/redis/properties/tls/properties/keyFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema31.properties.redis.properties.tls.properties.keyFile,data:data28}];
return false;
}
else {
if(func2(data28) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/tls/keyFile",schemaPath:"#/properties/redis/properties/tls/properties/keyFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.tls.properties.keyFile,data:data28}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/tls/keyFile",schemaPath:"#/properties/redis/properties/tls/properties/keyFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.tls.properties.keyFile.type,parentSchema:schema31.properties.redis.properties.tls.properties.keyFile,data:data28}];
return false;
}
}
var valid10 = _errs65 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data25.serverName !== undefined){
let data29 = data25.serverName;
const _errs67 = errors;
if(errors === _errs67){
if(typeof data29 === "string"){
if(func2(data29) > 253){
validate20.errors = [{instancePath:instancePath+"/redis/tls/serverName",schemaPath:"#/properties/redis/properties/tls/properties/serverName/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema31.properties.redis.properties.tls.properties.serverName,data:data29}];
return false;
}
else {
if(func2(data29) < 1){
validate20.errors = [{instancePath:instancePath+"/redis/tls/serverName",schemaPath:"#/properties/redis/properties/tls/properties/serverName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema31.properties.redis.properties.tls.properties.serverName,data:data29}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/tls/serverName",schemaPath:"#/properties/redis/properties/tls/properties/serverName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.redis.properties.tls.properties.serverName.type,parentSchema:schema31.properties.redis.properties.tls.properties.serverName,data:data29}];
return false;
}
}
var valid10 = _errs67 === errors;
}
else {
var valid10 = true;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis/tls",schemaPath:"#/properties/redis/properties/tls/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.redis.properties.tls.type,parentSchema:schema31.properties.redis.properties.tls,data:data25}];
return false;
}
}
var valid3 = _errs58 === errors;
}
else {
var valid3 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/redis",schemaPath:"#/properties/redis/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.redis.type,parentSchema:schema31.properties.redis,data:data7}];
return false;
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.slots !== undefined){
let data30 = data.slots;
const _errs69 = errors;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
validate20.errors = [{instancePath:instancePath+"/slots",schemaPath:"#/properties/slots/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.slots.type,parentSchema:schema31.properties.slots,data:data30}];
return false;
}
if(errors === _errs69){
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 64 || isNaN(data30)){
validate20.errors = [{instancePath:instancePath+"/slots",schemaPath:"#/properties/slots/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64},message:"must be <= 64",schema:64,parentSchema:schema31.properties.slots,data:data30}];
return false;
}
else {
if(data30 < 1 || isNaN(data30)){
validate20.errors = [{instancePath:instancePath+"/slots",schemaPath:"#/properties/slots/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.slots,data:data30}];
return false;
}
}
}
}
var valid0 = _errs69 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.perJob !== undefined){
let data31 = data.perJob;
const _errs71 = errors;
if(errors === _errs71){
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
let missing7;
if((((((((data31.timeoutSeconds === undefined) && (missing7 = "timeoutSeconds")) || ((data31.memoryBytes === undefined) && (missing7 = "memoryBytes"))) || ((data31.sourceBytes === undefined) && (missing7 = "sourceBytes"))) || ((data31.pixels === undefined) && (missing7 = "pixels"))) || ((data31.pages === undefined) && (missing7 = "pages"))) || ((data31.frames === undefined) && (missing7 = "frames"))) || ((data31.outputBytes === undefined) && (missing7 = "outputBytes"))){
validate20.errors = [{instancePath:instancePath+"/perJob",schemaPath:"#/properties/perJob/required",keyword:"required",params:{missingProperty: missing7},message:"must have required property '"+missing7+"'",schema:schema31.properties.perJob.required,parentSchema:schema31.properties.perJob,data:data31}];
return false;
}
else {
const _errs73 = errors;
for(const key9 in data31){
if(!(((((((key9 === "timeoutSeconds") || (key9 === "memoryBytes")) || (key9 === "sourceBytes")) || (key9 === "pixels")) || (key9 === "pages")) || (key9 === "frames")) || (key9 === "outputBytes"))){
validate20.errors = [{instancePath:instancePath+"/perJob",schemaPath:"#/properties/perJob/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.perJob,data:data31}];
return false;
break;
}
}
if(_errs73 === errors){
if(data31.timeoutSeconds !== undefined){
let data32 = data31.timeoutSeconds;
const _errs74 = errors;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
validate20.errors = [{instancePath:instancePath+"/perJob/timeoutSeconds",schemaPath:"#/properties/perJob/properties/timeoutSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.timeoutSeconds.type,parentSchema:schema31.properties.perJob.properties.timeoutSeconds,data:data32}];
return false;
}
if(errors === _errs74){
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 > 3600 || isNaN(data32)){
validate20.errors = [{instancePath:instancePath+"/perJob/timeoutSeconds",schemaPath:"#/properties/perJob/properties/timeoutSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600",schema:3600,parentSchema:schema31.properties.perJob.properties.timeoutSeconds,data:data32}];
return false;
}
else {
if(data32 < 1 || isNaN(data32)){
validate20.errors = [{instancePath:instancePath+"/perJob/timeoutSeconds",schemaPath:"#/properties/perJob/properties/timeoutSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.perJob.properties.timeoutSeconds,data:data32}];
return false;
}
}
}
}
var valid11 = _errs74 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data31.memoryBytes !== undefined){
let data33 = data31.memoryBytes;
const _errs76 = errors;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
validate20.errors = [{instancePath:instancePath+"/perJob/memoryBytes",schemaPath:"#/properties/perJob/properties/memoryBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.memoryBytes.type,parentSchema:schema31.properties.perJob.properties.memoryBytes,data:data33}];
return false;
}
if(errors === _errs76){
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 68719476736 || isNaN(data33)){
validate20.errors = [{instancePath:instancePath+"/perJob/memoryBytes",schemaPath:"#/properties/perJob/properties/memoryBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 68719476736},message:"must be <= 68719476736",schema:68719476736,parentSchema:schema31.properties.perJob.properties.memoryBytes,data:data33}];
return false;
}
else {
if(data33 < 67108864 || isNaN(data33)){
validate20.errors = [{instancePath:instancePath+"/perJob/memoryBytes",schemaPath:"#/properties/perJob/properties/memoryBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 67108864},message:"must be >= 67108864",schema:67108864,parentSchema:schema31.properties.perJob.properties.memoryBytes,data:data33}];
return false;
}
}
}
}
var valid11 = _errs76 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data31.sourceBytes !== undefined){
let data34 = data31.sourceBytes;
const _errs78 = errors;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
validate20.errors = [{instancePath:instancePath+"/perJob/sourceBytes",schemaPath:"#/properties/perJob/properties/sourceBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.sourceBytes.type,parentSchema:schema31.properties.perJob.properties.sourceBytes,data:data34}];
return false;
}
if(errors === _errs78){
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 68719476736 || isNaN(data34)){
validate20.errors = [{instancePath:instancePath+"/perJob/sourceBytes",schemaPath:"#/properties/perJob/properties/sourceBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 68719476736},message:"must be <= 68719476736",schema:68719476736,parentSchema:schema31.properties.perJob.properties.sourceBytes,data:data34}];
return false;
}
else {
if(data34 < 1 || isNaN(data34)){
validate20.errors = [{instancePath:instancePath+"/perJob/sourceBytes",schemaPath:"#/properties/perJob/properties/sourceBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.perJob.properties.sourceBytes,data:data34}];
return false;
}
}
}
}
var valid11 = _errs78 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data31.pixels !== undefined){
let data35 = data31.pixels;
const _errs80 = errors;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
validate20.errors = [{instancePath:instancePath+"/perJob/pixels",schemaPath:"#/properties/perJob/properties/pixels/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.pixels.type,parentSchema:schema31.properties.perJob.properties.pixels,data:data35}];
return false;
}
if(errors === _errs80){
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 4294967296 || isNaN(data35)){
validate20.errors = [{instancePath:instancePath+"/perJob/pixels",schemaPath:"#/properties/perJob/properties/pixels/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967296},message:"must be <= 4294967296",schema:4294967296,parentSchema:schema31.properties.perJob.properties.pixels,data:data35}];
return false;
}
else {
if(data35 < 1 || isNaN(data35)){
validate20.errors = [{instancePath:instancePath+"/perJob/pixels",schemaPath:"#/properties/perJob/properties/pixels/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.perJob.properties.pixels,data:data35}];
return false;
}
}
}
}
var valid11 = _errs80 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data31.pages !== undefined){
let data36 = data31.pages;
const _errs82 = errors;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
validate20.errors = [{instancePath:instancePath+"/perJob/pages",schemaPath:"#/properties/perJob/properties/pages/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.pages.type,parentSchema:schema31.properties.perJob.properties.pages,data:data36}];
return false;
}
if(errors === _errs82){
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 10000 || isNaN(data36)){
validate20.errors = [{instancePath:instancePath+"/perJob/pages",schemaPath:"#/properties/perJob/properties/pages/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema31.properties.perJob.properties.pages,data:data36}];
return false;
}
else {
if(data36 < 1 || isNaN(data36)){
validate20.errors = [{instancePath:instancePath+"/perJob/pages",schemaPath:"#/properties/perJob/properties/pages/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.perJob.properties.pages,data:data36}];
return false;
}
}
}
}
var valid11 = _errs82 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data31.frames !== undefined){
let data37 = data31.frames;
const _errs84 = errors;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
validate20.errors = [{instancePath:instancePath+"/perJob/frames",schemaPath:"#/properties/perJob/properties/frames/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.frames.type,parentSchema:schema31.properties.perJob.properties.frames,data:data37}];
return false;
}
if(errors === _errs84){
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 > 100000 || isNaN(data37)){
validate20.errors = [{instancePath:instancePath+"/perJob/frames",schemaPath:"#/properties/perJob/properties/frames/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000",schema:100000,parentSchema:schema31.properties.perJob.properties.frames,data:data37}];
return false;
}
else {
if(data37 < 1 || isNaN(data37)){
validate20.errors = [{instancePath:instancePath+"/perJob/frames",schemaPath:"#/properties/perJob/properties/frames/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.perJob.properties.frames,data:data37}];
return false;
}
}
}
}
var valid11 = _errs84 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data31.outputBytes !== undefined){
let data38 = data31.outputBytes;
const _errs86 = errors;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
validate20.errors = [{instancePath:instancePath+"/perJob/outputBytes",schemaPath:"#/properties/perJob/properties/outputBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.perJob.properties.outputBytes.type,parentSchema:schema31.properties.perJob.properties.outputBytes,data:data38}];
return false;
}
if(errors === _errs86){
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 > 4294967296 || isNaN(data38)){
validate20.errors = [{instancePath:instancePath+"/perJob/outputBytes",schemaPath:"#/properties/perJob/properties/outputBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967296},message:"must be <= 4294967296",schema:4294967296,parentSchema:schema31.properties.perJob.properties.outputBytes,data:data38}];
return false;
}
else {
if(data38 < 1 || isNaN(data38)){
validate20.errors = [{instancePath:instancePath+"/perJob/outputBytes",schemaPath:"#/properties/perJob/properties/outputBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.perJob.properties.outputBytes,data:data38}];
return false;
}
}
}
}
var valid11 = _errs86 === errors;
}
else {
var valid11 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/perJob",schemaPath:"#/properties/perJob/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.perJob.type,parentSchema:schema31.properties.perJob,data:data31}];
return false;
}
}
var valid0 = _errs71 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.renderers !== undefined){
let data39 = data.renderers;
const _errs88 = errors;
if(errors === _errs88){
if(Array.isArray(data39)){
if(data39.length > 32){
validate20.errors = [{instancePath:instancePath+"/renderers",schemaPath:"#/properties/renderers/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items",schema:32,parentSchema:schema31.properties.renderers,data:data39}];
return false;
}
else {
if(data39.length < 1){
validate20.errors = [{instancePath:instancePath+"/renderers",schemaPath:"#/properties/renderers/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.renderers,data:data39}];
return false;
}
else {
var valid12 = true;
const len2 = data39.length;
for(let i2=0; i2<len2; i2++){
let data40 = data39[i2];
const _errs90 = errors;
if(errors === _errs90){
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
let missing8;
if((data40.name === undefined) && (missing8 = "name")){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2,schemaPath:"#/properties/renderers/items/required",keyword:"required",params:{missingProperty: missing8},message:"must have required property '"+missing8+"'",schema:schema31.properties.renderers.items.required,parentSchema:schema31.properties.renderers.items,data:data40}];
return false;
}
else {
const _errs92 = errors;
for(const key10 in data40){
if(!((key10 === "name") || (key10 === "perJob"))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2,schemaPath:"#/properties/renderers/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.renderers.items,data:data40}];
return false;
break;
}
}
if(_errs92 === errors){
if(data40.name !== undefined){
let data41 = data40.name;
const _errs93 = errors;
if(errors === _errs93){
if(typeof data41 === "string"){
if(!pattern6.test(data41)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/name",schemaPath:"#/properties/renderers/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"+"\"",schema:"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",parentSchema:schema31.properties.renderers.items.properties.name,data:data41}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/name",schemaPath:"#/properties/renderers/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.renderers.items.properties.name.type,parentSchema:schema31.properties.renderers.items.properties.name,data:data41}];
return false;
}
}
var valid13 = _errs93 === errors;
}
else {
var valid13 = true;
}
if(valid13){
if(data40.perJob !== undefined){
let data42 = data40.perJob;
const _errs95 = errors;
if(errors === _errs95){
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
const _errs97 = errors;
for(const key11 in data42){
if(!(((((((key11 === "timeoutSeconds") || (key11 === "memoryBytes")) || (key11 === "sourceBytes")) || (key11 === "pixels")) || (key11 === "pages")) || (key11 === "frames")) || (key11 === "outputBytes"))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob",schemaPath:"#/properties/renderers/items/properties/perJob/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.renderers.items.properties.perJob,data:data42}];
return false;
break;
}
}
if(_errs97 === errors){
if(data42.timeoutSeconds !== undefined){
let data43 = data42.timeoutSeconds;
const _errs98 = errors;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/timeoutSeconds",schemaPath:"#/properties/renderers/items/properties/perJob/properties/timeoutSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.timeoutSeconds.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.timeoutSeconds,data:data43}];
return false;
}
if(errors === _errs98){
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 > 3600 || isNaN(data43)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/timeoutSeconds",schemaPath:"#/properties/renderers/items/properties/perJob/properties/timeoutSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600",schema:3600,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.timeoutSeconds,data:data43}];
return false;
}
else {
if(data43 < 1 || isNaN(data43)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/timeoutSeconds",schemaPath:"#/properties/renderers/items/properties/perJob/properties/timeoutSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.timeoutSeconds,data:data43}];
return false;
}
}
}
}
var valid14 = _errs98 === errors;
}
else {
var valid14 = true;
}
if(valid14){
if(data42.memoryBytes !== undefined){
let data44 = data42.memoryBytes;
const _errs100 = errors;
if(!(((typeof data44 == "number") && (!(data44 % 1) && !isNaN(data44))) && (isFinite(data44)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/memoryBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/memoryBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.memoryBytes.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.memoryBytes,data:data44}];
return false;
}
if(errors === _errs100){
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 > 68719476736 || isNaN(data44)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/memoryBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/memoryBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 68719476736},message:"must be <= 68719476736",schema:68719476736,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.memoryBytes,data:data44}];
return false;
}
else {
if(data44 < 67108864 || isNaN(data44)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/memoryBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/memoryBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 67108864},message:"must be >= 67108864",schema:67108864,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.memoryBytes,data:data44}];
return false;
}
}
}
}
var valid14 = _errs100 === errors;
}
else {
var valid14 = true;
}
if(valid14){
if(data42.sourceBytes !== undefined){
let data45 = data42.sourceBytes;
const _errs102 = errors;
if(!(((typeof data45 == "number") && (!(data45 % 1) && !isNaN(data45))) && (isFinite(data45)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/sourceBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/sourceBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.sourceBytes.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.sourceBytes,data:data45}];
return false;
}
if(errors === _errs102){
if((typeof data45 == "number") && (isFinite(data45))){
if(data45 > 68719476736 || isNaN(data45)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/sourceBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/sourceBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 68719476736},message:"must be <= 68719476736",schema:68719476736,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.sourceBytes,data:data45}];
return false;
}
else {
if(data45 < 1 || isNaN(data45)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/sourceBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/sourceBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.sourceBytes,data:data45}];
return false;
}
}
}
}
var valid14 = _errs102 === errors;
}
else {
var valid14 = true;
}
if(valid14){
if(data42.pixels !== undefined){
let data46 = data42.pixels;
const _errs104 = errors;
if(!(((typeof data46 == "number") && (!(data46 % 1) && !isNaN(data46))) && (isFinite(data46)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/pixels",schemaPath:"#/properties/renderers/items/properties/perJob/properties/pixels/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.pixels.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.pixels,data:data46}];
return false;
}
if(errors === _errs104){
if((typeof data46 == "number") && (isFinite(data46))){
if(data46 > 4294967296 || isNaN(data46)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/pixels",schemaPath:"#/properties/renderers/items/properties/perJob/properties/pixels/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967296},message:"must be <= 4294967296",schema:4294967296,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.pixels,data:data46}];
return false;
}
else {
if(data46 < 1 || isNaN(data46)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/pixels",schemaPath:"#/properties/renderers/items/properties/perJob/properties/pixels/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.pixels,data:data46}];
return false;
}
}
}
}
var valid14 = _errs104 === errors;
}
else {
var valid14 = true;
}
if(valid14){
if(data42.pages !== undefined){
let data47 = data42.pages;
const _errs106 = errors;
if(!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/pages",schemaPath:"#/properties/renderers/items/properties/perJob/properties/pages/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.pages.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.pages,data:data47}];
return false;
}
if(errors === _errs106){
if((typeof data47 == "number") && (isFinite(data47))){
if(data47 > 10000 || isNaN(data47)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/pages",schemaPath:"#/properties/renderers/items/properties/perJob/properties/pages/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.pages,data:data47}];
return false;
}
else {
if(data47 < 1 || isNaN(data47)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/pages",schemaPath:"#/properties/renderers/items/properties/perJob/properties/pages/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.pages,data:data47}];
return false;
}
}
}
}
var valid14 = _errs106 === errors;
}
else {
var valid14 = true;
}
if(valid14){
if(data42.frames !== undefined){
let data48 = data42.frames;
const _errs108 = errors;
if(!(((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48))) && (isFinite(data48)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/frames",schemaPath:"#/properties/renderers/items/properties/perJob/properties/frames/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.frames.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.frames,data:data48}];
return false;
}
if(errors === _errs108){
if((typeof data48 == "number") && (isFinite(data48))){
if(data48 > 100000 || isNaN(data48)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/frames",schemaPath:"#/properties/renderers/items/properties/perJob/properties/frames/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000",schema:100000,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.frames,data:data48}];
return false;
}
else {
if(data48 < 1 || isNaN(data48)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/frames",schemaPath:"#/properties/renderers/items/properties/perJob/properties/frames/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.frames,data:data48}];
return false;
}
}
}
}
var valid14 = _errs108 === errors;
}
else {
var valid14 = true;
}
if(valid14){
if(data42.outputBytes !== undefined){
let data49 = data42.outputBytes;
const _errs110 = errors;
if(!(((typeof data49 == "number") && (!(data49 % 1) && !isNaN(data49))) && (isFinite(data49)))){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/outputBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/outputBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.renderers.items.properties.perJob.properties.outputBytes.type,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.outputBytes,data:data49}];
return false;
}
if(errors === _errs110){
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 4294967296 || isNaN(data49)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/outputBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/outputBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967296},message:"must be <= 4294967296",schema:4294967296,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.outputBytes,data:data49}];
return false;
}
else {
if(data49 < 1 || isNaN(data49)){
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob/outputBytes",schemaPath:"#/properties/renderers/items/properties/perJob/properties/outputBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.renderers.items.properties.perJob.properties.outputBytes,data:data49}];
return false;
}
}
}
}
var valid14 = _errs110 === errors;
}
else {
var valid14 = true;
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2+"/perJob",schemaPath:"#/properties/renderers/items/properties/perJob/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.renderers.items.properties.perJob.type,parentSchema:schema31.properties.renderers.items.properties.perJob,data:data42}];
return false;
}
}
var valid13 = _errs95 === errors;
}
else {
var valid13 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderers/" + i2,schemaPath:"#/properties/renderers/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.renderers.items.type,parentSchema:schema31.properties.renderers.items,data:data40}];
return false;
}
}
var valid12 = _errs90 === errors;
if(!valid12){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/renderers",schemaPath:"#/properties/renderers/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.renderers.type,parentSchema:schema31.properties.renderers,data:data39}];
return false;
}
}
var valid0 = _errs88 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sources !== undefined){
let data50 = data.sources;
const _errs112 = errors;
if(errors === _errs112){
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
if(Object.keys(data50).length < 1){
validate20.errors = [{instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema31.properties.sources,data:data50}];
return false;
}
else {
const _errs114 = errors;
for(const key12 in data50){
if(!(((key12 === "file") || (key12 === "s3")) || (key12 === "http"))){
validate20.errors = [{instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sources,data:data50}];
return false;
break;
}
}
if(_errs114 === errors){
if(data50.file !== undefined){
let data51 = data50.file;
const _errs115 = errors;
if(errors === _errs115){
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
let missing9;
if((data51.roots === undefined) && (missing9 = "roots")){
validate20.errors = [{instancePath:instancePath+"/sources/file",schemaPath:"#/properties/sources/properties/file/required",keyword:"required",params:{missingProperty: missing9},message:"must have required property '"+missing9+"'",schema:schema31.properties.sources.properties.file.required,parentSchema:schema31.properties.sources.properties.file,data:data51}];
return false;
}
else {
const _errs117 = errors;
for(const key13 in data51){
if(!(key13 === "roots")){
validate20.errors = [{instancePath:instancePath+"/sources/file",schemaPath:"#/properties/sources/properties/file/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sources.properties.file,data:data51}];
return false;
break;
}
}
if(_errs117 === errors){
if(data51.roots !== undefined){
let data52 = data51.roots;
const _errs118 = errors;
if(errors === _errs118){
if(Array.isArray(data52)){
if(data52.length > 16){
validate20.errors = [{instancePath:instancePath+"/sources/file/roots",schemaPath:"#/properties/sources/properties/file/properties/roots/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema31.properties.sources.properties.file.properties.roots,data:data52}];
return false;
}
else {
if(data52.length < 1){
validate20.errors = [{instancePath:instancePath+"/sources/file/roots",schemaPath:"#/properties/sources/properties/file/properties/roots/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.sources.properties.file.properties.roots,data:data52}];
return false;
}
else {
var valid17 = true;
const len3 = data52.length;
for(let i3=0; i3<len3; i3++){
let data53 = data52[i3];
const _errs120 = errors;
if(errors === _errs120){
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
let missing10;
if((data53.path === undefined) && (missing10 = "path")){
validate20.errors = [{instancePath:instancePath+"/sources/file/roots/" + i3,schemaPath:"#/properties/sources/properties/file/properties/roots/items/required",keyword:"required",params:{missingProperty: missing10},message:"must have required property '"+missing10+"'",schema:schema31.properties.sources.properties.file.properties.roots.items.required,parentSchema:schema31.properties.sources.properties.file.properties.roots.items,data:data53}];
return false;
}
else {
const _errs122 = errors;
for(const key14 in data53){
if(!(key14 === "path")){
validate20.errors = [{instancePath:instancePath+"/sources/file/roots/" + i3,schemaPath:"#/properties/sources/properties/file/properties/roots/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sources.properties.file.properties.roots.items,data:data53}];
return false;
break;
}
}
if(_errs122 === errors){
if(data53.path !== undefined){
let data54 = data53.path;
const _errs123 = errors;
if(errors === _errs123){
if(typeof data54 === "string"){
if(func2(data54) > 1024){
validate20.errors = [{instancePath:instancePath+"/sources/file/roots/" + i3+"/path",schemaPath:"#/properties/sources/properties/file/properties/roots/items/properties/path/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema31.properties.sources.properties.file.properties.roots.items.properties.path,data:data54}];
return false;
}
else {
if(!pattern7.test(data54)){
validate20.errors = [{instancePath:instancePath+"/sources/file/roots/" + i3+"/path",schemaPath:"#/properties/sources/properties/file/properties/roots/items/properties/path/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema31.properties.sources.properties.file.properties.roots.items.properties.path,data:data54}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/file/roots/" + i3+"/path",schemaPath:"#/properties/sources/properties/file/properties/roots/items/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sources.properties.file.properties.roots.items.properties.path.type,parentSchema:schema31.properties.sources.properties.file.properties.roots.items.properties.path,data:data54}];
return false;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/file/roots/" + i3,schemaPath:"#/properties/sources/properties/file/properties/roots/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sources.properties.file.properties.roots.items.type,parentSchema:schema31.properties.sources.properties.file.properties.roots.items,data:data53}];
return false;
}
}
var valid17 = _errs120 === errors;
if(!valid17){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/file/roots",schemaPath:"#/properties/sources/properties/file/properties/roots/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.sources.properties.file.properties.roots.type,parentSchema:schema31.properties.sources.properties.file.properties.roots,data:data52}];
return false;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/file",schemaPath:"#/properties/sources/properties/file/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sources.properties.file.type,parentSchema:schema31.properties.sources.properties.file,data:data51}];
return false;
}
}
var valid15 = _errs115 === errors;
}
else {
var valid15 = true;
}
if(valid15){
if(data50.s3 !== undefined){
let data55 = data50.s3;
const _errs125 = errors;
if(errors === _errs125){
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
const _errs127 = errors;
for(const key15 in data55){
if(!(((((key15 === "endpoint") || (key15 === "region")) || (key15 === "buckets")) || (key15 === "credentials")) || (key15 === "forcePathStyle"))){
validate20.errors = [{instancePath:instancePath+"/sources/s3",schemaPath:"#/properties/sources/properties/s3/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sources.properties.s3,data:data55}];
return false;
break;
}
}
if(_errs127 === errors){
if(data55.endpoint !== undefined){
let data56 = data55.endpoint;
const _errs128 = errors;
const _errs129 = errors;
if(errors === _errs129){
if(typeof data56 === "string"){
if(func2(data56) > 2048){
validate20.errors = [{instancePath:instancePath+"/sources/s3/endpoint",schemaPath:"#/$defs/s3Endpoint/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema32,data:data56}];
return false;
}
else {
if(!pattern8.test(data56)){
validate20.errors = [{instancePath:instancePath+"/sources/s3/endpoint",schemaPath:"#/$defs/s3Endpoint/pattern",keyword:"pattern",params:{pattern: "^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$"},message:"must match pattern \""+"^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$"+"\"",schema:"^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$",parentSchema:schema32,data:data56}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/endpoint",schemaPath:"#/$defs/s3Endpoint/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data56}];
return false;
}
}
var valid19 = _errs128 === errors;
}
else {
var valid19 = true;
}
if(valid19){
if(data55.region !== undefined){
let data57 = data55.region;
const _errs131 = errors;
const _errs132 = errors;
if(errors === _errs132){
if(typeof data57 === "string"){
if(!pattern9.test(data57)){
validate20.errors = [{instancePath:instancePath+"/sources/s3/region",schemaPath:"#/$defs/s3Region/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9-]{0,62}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9-]{0,62}$"+"\"",schema:"^[a-z0-9][a-z0-9-]{0,62}$",parentSchema:schema33,data:data57}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/region",schemaPath:"#/$defs/s3Region/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data57}];
return false;
}
}
var valid19 = _errs131 === errors;
}
else {
var valid19 = true;
}
if(valid19){
if(data55.buckets !== undefined){
let data58 = data55.buckets;
const _errs134 = errors;
if(errors === _errs134){
if(Array.isArray(data58)){
if(data58.length > 64){
validate20.errors = [{instancePath:instancePath+"/sources/s3/buckets",schemaPath:"#/properties/sources/properties/s3/properties/buckets/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items",schema:64,parentSchema:schema31.properties.sources.properties.s3.properties.buckets,data:data58}];
return false;
}
else {
if(data58.length < 1){
validate20.errors = [{instancePath:instancePath+"/sources/s3/buckets",schemaPath:"#/properties/sources/properties/s3/properties/buckets/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.sources.properties.s3.properties.buckets,data:data58}];
return false;
}
else {
var valid22 = true;
const len4 = data58.length;
for(let i4=0; i4<len4; i4++){
let data59 = data58[i4];
const _errs136 = errors;
const _errs137 = errors;
if(errors === _errs137){
if(typeof data59 === "string"){
if(!pattern10.test(data59)){
validate20.errors = [{instancePath:instancePath+"/sources/s3/buckets/" + i4,schemaPath:"#/$defs/s3Bucket/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$",parentSchema:schema34,data:data59}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/buckets/" + i4,schemaPath:"#/$defs/s3Bucket/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.type,parentSchema:schema34,data:data59}];
return false;
}
}
var valid22 = _errs136 === errors;
if(!valid22){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/buckets",schemaPath:"#/properties/sources/properties/s3/properties/buckets/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.sources.properties.s3.properties.buckets.type,parentSchema:schema31.properties.sources.properties.s3.properties.buckets,data:data58}];
return false;
}
}
var valid19 = _errs134 === errors;
}
else {
var valid19 = true;
}
if(valid19){
if(data55.credentials !== undefined){
let data60 = data55.credentials;
const _errs139 = errors;
const _errs140 = errors;
if(errors === _errs140){
if(data60 && typeof data60 == "object" && !Array.isArray(data60)){
let missing11;
if(((data60.accessKeyIdFile === undefined) && (missing11 = "accessKeyIdFile")) || ((data60.secretAccessKeyFile === undefined) && (missing11 = "secretAccessKeyFile"))){
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials",schemaPath:"#/$defs/s3Credentials/required",keyword:"required",params:{missingProperty: missing11},message:"must have required property '"+missing11+"'",schema:schema35.required,parentSchema:schema35,data:data60}];
return false;
}
else {
const _errs142 = errors;
for(const key16 in data60){
if(!((key16 === "accessKeyIdFile") || (key16 === "secretAccessKeyFile"))){
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials",schemaPath:"#/$defs/s3Credentials/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16},message:"must NOT have additional properties",schema:false,parentSchema:schema35,data:data60}];
return false;
break;
}
}
if(_errs142 === errors){
if(data60.accessKeyIdFile !== undefined){
let data61 = data60.accessKeyIdFile;
const _errs143 = errors;
if(errors === _errs143){
if(typeof data61 === "string"){
if(func2(data61) > 4096){
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials/accessKeyIdFile",schemaPath:"#/$defs/s3Credentials/properties/accessKeyIdFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema35.properties.accessKeyIdFile,data:data61}];
return false;
}
else {
if(func2(data61) < 1){
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials/accessKeyIdFile",schemaPath:"#/$defs/s3Credentials/properties/accessKeyIdFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema35.properties.accessKeyIdFile,data:data61}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials/accessKeyIdFile",schemaPath:"#/$defs/s3Credentials/properties/accessKeyIdFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.accessKeyIdFile.type,parentSchema:schema35.properties.accessKeyIdFile,data:data61}];
return false;
}
}
var valid25 = _errs143 === errors;
}
else {
var valid25 = true;
}
if(valid25){
if(data60.secretAccessKeyFile !== undefined){
let data62 = data60.secretAccessKeyFile;
const _errs145 = errors;
if(errors === _errs145){
if(typeof data62 === "string"){
if(func2(data62) > 4096){
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials/secretAccessKeyFile",schemaPath:"#/$defs/s3Credentials/properties/secretAccessKeyFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema35.properties.secretAccessKeyFile,data:data62}];
return false;
}
else {
if(func2(data62) < 1){
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials/secretAccessKeyFile",schemaPath:"#/$defs/s3Credentials/properties/secretAccessKeyFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema35.properties.secretAccessKeyFile,data:data62}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials/secretAccessKeyFile",schemaPath:"#/$defs/s3Credentials/properties/secretAccessKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.secretAccessKeyFile.type,parentSchema:schema35.properties.secretAccessKeyFile,data:data62}];
return false;
}
}
var valid25 = _errs145 === errors;
}
else {
var valid25 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3/credentials",schemaPath:"#/$defs/s3Credentials/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema35.type,parentSchema:schema35,data:data60}];
return false;
}
}
var valid19 = _errs139 === errors;
}
else {
var valid19 = true;
}
if(valid19){
if(data55.forcePathStyle !== undefined){
let data63 = data55.forcePathStyle;
const _errs147 = errors;
if(typeof data63 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/sources/s3/forcePathStyle",schemaPath:"#/$defs/s3PathStyle/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema36.type,parentSchema:schema36,data:data63}];
return false;
}
var valid19 = _errs147 === errors;
}
else {
var valid19 = true;
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/s3",schemaPath:"#/properties/sources/properties/s3/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sources.properties.s3.type,parentSchema:schema31.properties.sources.properties.s3,data:data55}];
return false;
}
}
var valid15 = _errs125 === errors;
}
else {
var valid15 = true;
}
if(valid15){
if(data50.http !== undefined){
let data64 = data50.http;
const _errs150 = errors;
if(errors === _errs150){
if(data64 && typeof data64 == "object" && !Array.isArray(data64)){
const _errs152 = errors;
for(const key17 in data64){
if(!((key17 === "allowedHosts") || (key17 === "allowPrivateNetworks"))){
validate20.errors = [{instancePath:instancePath+"/sources/http",schemaPath:"#/properties/sources/properties/http/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key17},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sources.properties.http,data:data64}];
return false;
break;
}
}
if(_errs152 === errors){
if(data64.allowedHosts !== undefined){
let data65 = data64.allowedHosts;
const _errs153 = errors;
if(errors === _errs153){
if(Array.isArray(data65)){
if(data65.length > 256){
validate20.errors = [{instancePath:instancePath+"/sources/http/allowedHosts",schemaPath:"#/properties/sources/properties/http/properties/allowedHosts/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema31.properties.sources.properties.http.properties.allowedHosts,data:data65}];
return false;
}
else {
if(data65.length < 1){
validate20.errors = [{instancePath:instancePath+"/sources/http/allowedHosts",schemaPath:"#/properties/sources/properties/http/properties/allowedHosts/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema31.properties.sources.properties.http.properties.allowedHosts,data:data65}];
return false;
}
else {
var valid28 = true;
const len5 = data65.length;
for(let i5=0; i5<len5; i5++){
let data66 = data65[i5];
const _errs155 = errors;
if(errors === _errs155){
if(typeof data66 === "string"){
if(func2(data66) > 253){
validate20.errors = [{instancePath:instancePath+"/sources/http/allowedHosts/" + i5,schemaPath:"#/properties/sources/properties/http/properties/allowedHosts/items/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema31.properties.sources.properties.http.properties.allowedHosts.items,data:data66}];
return false;
}
else {
if(!pattern11.test(data66)){
validate20.errors = [{instancePath:instancePath+"/sources/http/allowedHosts/" + i5,schemaPath:"#/properties/sources/properties/http/properties/allowedHosts/items/pattern",keyword:"pattern",params:{pattern: "^(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$"},message:"must match pattern \""+"^(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$"+"\"",schema:"^(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$",parentSchema:schema31.properties.sources.properties.http.properties.allowedHosts.items,data:data66}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/http/allowedHosts/" + i5,schemaPath:"#/properties/sources/properties/http/properties/allowedHosts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sources.properties.http.properties.allowedHosts.items.type,parentSchema:schema31.properties.sources.properties.http.properties.allowedHosts.items,data:data66}];
return false;
}
}
var valid28 = _errs155 === errors;
if(!valid28){
break;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/http/allowedHosts",schemaPath:"#/properties/sources/properties/http/properties/allowedHosts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.sources.properties.http.properties.allowedHosts.type,parentSchema:schema31.properties.sources.properties.http.properties.allowedHosts,data:data65}];
return false;
}
}
var valid27 = _errs153 === errors;
}
else {
var valid27 = true;
}
if(valid27){
if(data64.allowPrivateNetworks !== undefined){
let data67 = data64.allowPrivateNetworks;
const _errs157 = errors;
if(typeof data67 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/sources/http/allowPrivateNetworks",schemaPath:"#/properties/sources/properties/http/properties/allowPrivateNetworks/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.sources.properties.http.properties.allowPrivateNetworks.type,parentSchema:schema31.properties.sources.properties.http.properties.allowPrivateNetworks,data:data67}];
return false;
}
var valid27 = _errs157 === errors;
}
else {
var valid27 = true;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources/http",schemaPath:"#/properties/sources/properties/http/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sources.properties.http.type,parentSchema:schema31.properties.sources.properties.http,data:data64}];
return false;
}
}
var valid15 = _errs150 === errors;
}
else {
var valid15 = true;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sources.type,parentSchema:schema31.properties.sources,data:data50}];
return false;
}
}
var valid0 = _errs112 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.sink !== undefined){
let data68 = data.sink;
const _errs159 = errors;
if(errors === _errs159){
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
if(Object.keys(data68).length > 1){
validate20.errors = [{instancePath:instancePath+"/sink",schemaPath:"#/properties/sink/maxProperties",keyword:"maxProperties",params:{limit: 1},message:"must NOT have more than 1 properties",schema:1,parentSchema:schema31.properties.sink,data:data68}];
return false;
}
else {
if(Object.keys(data68).length < 1){
validate20.errors = [{instancePath:instancePath+"/sink",schemaPath:"#/properties/sink/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema31.properties.sink,data:data68}];
return false;
}
else {
const _errs161 = errors;
for(const key18 in data68){
if(!((key18 === "file") || (key18 === "s3"))){
validate20.errors = [{instancePath:instancePath+"/sink",schemaPath:"#/properties/sink/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key18},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sink,data:data68}];
return false;
break;
}
}
if(_errs161 === errors){
if(data68.file !== undefined){
let data69 = data68.file;
const _errs162 = errors;
if(errors === _errs162){
if(data69 && typeof data69 == "object" && !Array.isArray(data69)){
let missing12;
if((data69.path === undefined) && (missing12 = "path")){
validate20.errors = [{instancePath:instancePath+"/sink/file",schemaPath:"#/properties/sink/properties/file/required",keyword:"required",params:{missingProperty: missing12},message:"must have required property '"+missing12+"'",schema:schema31.properties.sink.properties.file.required,parentSchema:schema31.properties.sink.properties.file,data:data69}];
return false;
}
else {
const _errs164 = errors;
for(const key19 in data69){
if(!(key19 === "path")){
validate20.errors = [{instancePath:instancePath+"/sink/file",schemaPath:"#/properties/sink/properties/file/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key19},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sink.properties.file,data:data69}];
return false;
break;
}
}
if(_errs164 === errors){
if(data69.path !== undefined){
let data70 = data69.path;
const _errs165 = errors;
if(errors === _errs165){
if(typeof data70 === "string"){
if(func2(data70) > 1024){
validate20.errors = [{instancePath:instancePath+"/sink/file/path",schemaPath:"#/properties/sink/properties/file/properties/path/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema31.properties.sink.properties.file.properties.path,data:data70}];
return false;
}
else {
if(!pattern7.test(data70)){
validate20.errors = [{instancePath:instancePath+"/sink/file/path",schemaPath:"#/properties/sink/properties/file/properties/path/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema31.properties.sink.properties.file.properties.path,data:data70}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/file/path",schemaPath:"#/properties/sink/properties/file/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sink.properties.file.properties.path.type,parentSchema:schema31.properties.sink.properties.file.properties.path,data:data70}];
return false;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/file",schemaPath:"#/properties/sink/properties/file/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sink.properties.file.type,parentSchema:schema31.properties.sink.properties.file,data:data69}];
return false;
}
}
var valid29 = _errs162 === errors;
}
else {
var valid29 = true;
}
if(valid29){
if(data68.s3 !== undefined){
let data71 = data68.s3;
const _errs167 = errors;
if(errors === _errs167){
if(data71 && typeof data71 == "object" && !Array.isArray(data71)){
let missing13;
if((data71.bucket === undefined) && (missing13 = "bucket")){
validate20.errors = [{instancePath:instancePath+"/sink/s3",schemaPath:"#/properties/sink/properties/s3/required",keyword:"required",params:{missingProperty: missing13},message:"must have required property '"+missing13+"'",schema:schema31.properties.sink.properties.s3.required,parentSchema:schema31.properties.sink.properties.s3,data:data71}];
return false;
}
else {
const _errs169 = errors;
for(const key20 in data71){
if(!((((((key20 === "endpoint") || (key20 === "region")) || (key20 === "bucket")) || (key20 === "prefix")) || (key20 === "credentials")) || (key20 === "forcePathStyle"))){
validate20.errors = [{instancePath:instancePath+"/sink/s3",schemaPath:"#/properties/sink/properties/s3/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key20},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.sink.properties.s3,data:data71}];
return false;
break;
}
}
if(_errs169 === errors){
if(data71.endpoint !== undefined){
let data72 = data71.endpoint;
const _errs170 = errors;
const _errs171 = errors;
if(errors === _errs171){
if(typeof data72 === "string"){
if(func2(data72) > 2048){
validate20.errors = [{instancePath:instancePath+"/sink/s3/endpoint",schemaPath:"#/$defs/s3Endpoint/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema32,data:data72}];
return false;
}
else {
if(!pattern8.test(data72)){
validate20.errors = [{instancePath:instancePath+"/sink/s3/endpoint",schemaPath:"#/$defs/s3Endpoint/pattern",keyword:"pattern",params:{pattern: "^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$"},message:"must match pattern \""+"^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$"+"\"",schema:"^https?://[^/?#@\\s]+(/[^?#@\\s]*)?$",parentSchema:schema32,data:data72}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/endpoint",schemaPath:"#/$defs/s3Endpoint/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data72}];
return false;
}
}
var valid31 = _errs170 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data71.region !== undefined){
let data73 = data71.region;
const _errs173 = errors;
const _errs174 = errors;
if(errors === _errs174){
if(typeof data73 === "string"){
if(!pattern9.test(data73)){
validate20.errors = [{instancePath:instancePath+"/sink/s3/region",schemaPath:"#/$defs/s3Region/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9-]{0,62}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9-]{0,62}$"+"\"",schema:"^[a-z0-9][a-z0-9-]{0,62}$",parentSchema:schema33,data:data73}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/region",schemaPath:"#/$defs/s3Region/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data73}];
return false;
}
}
var valid31 = _errs173 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data71.bucket !== undefined){
let data74 = data71.bucket;
const _errs176 = errors;
const _errs177 = errors;
if(errors === _errs177){
if(typeof data74 === "string"){
if(!pattern10.test(data74)){
validate20.errors = [{instancePath:instancePath+"/sink/s3/bucket",schemaPath:"#/$defs/s3Bucket/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$",parentSchema:schema34,data:data74}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/bucket",schemaPath:"#/$defs/s3Bucket/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.type,parentSchema:schema34,data:data74}];
return false;
}
}
var valid31 = _errs176 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data71.prefix !== undefined){
let data75 = data71.prefix;
const _errs179 = errors;
if(errors === _errs179){
if(typeof data75 === "string"){
if(func2(data75) > 512){
validate20.errors = [{instancePath:instancePath+"/sink/s3/prefix",schemaPath:"#/properties/sink/properties/s3/properties/prefix/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters",schema:512,parentSchema:schema31.properties.sink.properties.s3.properties.prefix,data:data75}];
return false;
}
else {
if(!pattern16.test(data75)){
validate20.errors = [{instancePath:instancePath+"/sink/s3/prefix",schemaPath:"#/properties/sink/properties/s3/properties/prefix/pattern",keyword:"pattern",params:{pattern: "^[^/]+(/[^/]+)*/?$"},message:"must match pattern \""+"^[^/]+(/[^/]+)*/?$"+"\"",schema:"^[^/]+(/[^/]+)*/?$",parentSchema:schema31.properties.sink.properties.s3.properties.prefix,data:data75}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/prefix",schemaPath:"#/properties/sink/properties/s3/properties/prefix/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.sink.properties.s3.properties.prefix.type,parentSchema:schema31.properties.sink.properties.s3.properties.prefix,data:data75}];
return false;
}
}
var valid31 = _errs179 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data71.credentials !== undefined){
let data76 = data71.credentials;
const _errs181 = errors;
const _errs182 = errors;
if(errors === _errs182){
if(data76 && typeof data76 == "object" && !Array.isArray(data76)){
let missing14;
if(((data76.accessKeyIdFile === undefined) && (missing14 = "accessKeyIdFile")) || ((data76.secretAccessKeyFile === undefined) && (missing14 = "secretAccessKeyFile"))){
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials",schemaPath:"#/$defs/s3Credentials/required",keyword:"required",params:{missingProperty: missing14},message:"must have required property '"+missing14+"'",schema:schema35.required,parentSchema:schema35,data:data76}];
return false;
}
else {
const _errs184 = errors;
for(const key21 in data76){
if(!((key21 === "accessKeyIdFile") || (key21 === "secretAccessKeyFile"))){
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials",schemaPath:"#/$defs/s3Credentials/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key21},message:"must NOT have additional properties",schema:false,parentSchema:schema35,data:data76}];
return false;
break;
}
}
if(_errs184 === errors){
if(data76.accessKeyIdFile !== undefined){
let data77 = data76.accessKeyIdFile;
const _errs185 = errors;
if(errors === _errs185){
if(typeof data77 === "string"){
if(func2(data77) > 4096){
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials/accessKeyIdFile",schemaPath:"#/$defs/s3Credentials/properties/accessKeyIdFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema35.properties.accessKeyIdFile,data:data77}];
return false;
}
else {
if(func2(data77) < 1){
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials/accessKeyIdFile",schemaPath:"#/$defs/s3Credentials/properties/accessKeyIdFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema35.properties.accessKeyIdFile,data:data77}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials/accessKeyIdFile",schemaPath:"#/$defs/s3Credentials/properties/accessKeyIdFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.accessKeyIdFile.type,parentSchema:schema35.properties.accessKeyIdFile,data:data77}];
return false;
}
}
var valid36 = _errs185 === errors;
}
else {
var valid36 = true;
}
if(valid36){
if(data76.secretAccessKeyFile !== undefined){
let data78 = data76.secretAccessKeyFile;
const _errs187 = errors;
if(errors === _errs187){
if(typeof data78 === "string"){
if(func2(data78) > 4096){
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials/secretAccessKeyFile",schemaPath:"#/$defs/s3Credentials/properties/secretAccessKeyFile/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters",schema:4096,parentSchema:schema35.properties.secretAccessKeyFile,data:data78}];
return false;
}
else {
if(func2(data78) < 1){
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials/secretAccessKeyFile",schemaPath:"#/$defs/s3Credentials/properties/secretAccessKeyFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema35.properties.secretAccessKeyFile,data:data78}];
return false;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials/secretAccessKeyFile",schemaPath:"#/$defs/s3Credentials/properties/secretAccessKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.properties.secretAccessKeyFile.type,parentSchema:schema35.properties.secretAccessKeyFile,data:data78}];
return false;
}
}
var valid36 = _errs187 === errors;
}
else {
var valid36 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3/credentials",schemaPath:"#/$defs/s3Credentials/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema35.type,parentSchema:schema35,data:data76}];
return false;
}
}
var valid31 = _errs181 === errors;
}
else {
var valid31 = true;
}
if(valid31){
if(data71.forcePathStyle !== undefined){
let data79 = data71.forcePathStyle;
const _errs189 = errors;
if(typeof data79 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/sink/s3/forcePathStyle",schemaPath:"#/$defs/s3PathStyle/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema36.type,parentSchema:schema36,data:data79}];
return false;
}
var valid31 = _errs189 === errors;
}
else {
var valid31 = true;
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink/s3",schemaPath:"#/properties/sink/properties/s3/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sink.properties.s3.type,parentSchema:schema31.properties.sink.properties.s3,data:data71}];
return false;
}
}
var valid29 = _errs167 === errors;
}
else {
var valid29 = true;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/sink",schemaPath:"#/properties/sink/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.sink.type,parentSchema:schema31.properties.sink,data:data68}];
return false;
}
}
var valid0 = _errs159 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.presets !== undefined){
let data80 = data.presets;
const _errs192 = errors;
if(errors === _errs192){
if(Array.isArray(data80)){
if(data80.length > 64){
validate20.errors = [{instancePath:instancePath+"/presets",schemaPath:"#/properties/presets/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items",schema:64,parentSchema:schema31.properties.presets,data:data80}];
return false;
}
else {
var valid38 = true;
const len6 = data80.length;
for(let i6=0; i6<len6; i6++){
let data81 = data80[i6];
const _errs194 = errors;
if(errors === _errs194){
if(data81 && typeof data81 == "object" && !Array.isArray(data81)){
let missing15;
if(((((((data81.name === undefined) && (missing15 = "name")) || ((data81.width === undefined) && (missing15 = "width"))) || ((data81.height === undefined) && (missing15 = "height"))) || ((data81.fit === undefined) && (missing15 = "fit"))) || ((data81.format === undefined) && (missing15 = "format"))) || ((data81.quality === undefined) && (missing15 = "quality"))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6,schemaPath:"#/properties/presets/items/required",keyword:"required",params:{missingProperty: missing15},message:"must have required property '"+missing15+"'",schema:schema31.properties.presets.items.required,parentSchema:schema31.properties.presets.items,data:data81}];
return false;
}
else {
const _errs196 = errors;
for(const key22 in data81){
if(!(func1.call(schema31.properties.presets.items.properties, key22))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6,schemaPath:"#/properties/presets/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key22},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.presets.items,data:data81}];
return false;
break;
}
}
if(_errs196 === errors){
if(data81.name !== undefined){
let data82 = data81.name;
const _errs197 = errors;
if(errors === _errs197){
if(typeof data82 === "string"){
if(!pattern6.test(data82)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/name",schemaPath:"#/properties/presets/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"+"\"",schema:"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",parentSchema:schema31.properties.presets.items.properties.name,data:data82}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/name",schemaPath:"#/properties/presets/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.presets.items.properties.name.type,parentSchema:schema31.properties.presets.items.properties.name,data:data82}];
return false;
}
}
var valid39 = _errs197 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.width !== undefined){
let data83 = data81.width;
const _errs199 = errors;
if(!(((typeof data83 == "number") && (!(data83 % 1) && !isNaN(data83))) && (isFinite(data83)))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/width",schemaPath:"#/properties/presets/items/properties/width/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.presets.items.properties.width.type,parentSchema:schema31.properties.presets.items.properties.width,data:data83}];
return false;
}
if(errors === _errs199){
if((typeof data83 == "number") && (isFinite(data83))){
if(data83 > 16384 || isNaN(data83)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/width",schemaPath:"#/properties/presets/items/properties/width/maximum",keyword:"maximum",params:{comparison: "<=", limit: 16384},message:"must be <= 16384",schema:16384,parentSchema:schema31.properties.presets.items.properties.width,data:data83}];
return false;
}
else {
if(data83 < 1 || isNaN(data83)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/width",schemaPath:"#/properties/presets/items/properties/width/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.presets.items.properties.width,data:data83}];
return false;
}
}
}
}
var valid39 = _errs199 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.height !== undefined){
let data84 = data81.height;
const _errs201 = errors;
if(!(((typeof data84 == "number") && (!(data84 % 1) && !isNaN(data84))) && (isFinite(data84)))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/height",schemaPath:"#/properties/presets/items/properties/height/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.presets.items.properties.height.type,parentSchema:schema31.properties.presets.items.properties.height,data:data84}];
return false;
}
if(errors === _errs201){
if((typeof data84 == "number") && (isFinite(data84))){
if(data84 > 16384 || isNaN(data84)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/height",schemaPath:"#/properties/presets/items/properties/height/maximum",keyword:"maximum",params:{comparison: "<=", limit: 16384},message:"must be <= 16384",schema:16384,parentSchema:schema31.properties.presets.items.properties.height,data:data84}];
return false;
}
else {
if(data84 < 1 || isNaN(data84)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/height",schemaPath:"#/properties/presets/items/properties/height/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.presets.items.properties.height,data:data84}];
return false;
}
}
}
}
var valid39 = _errs201 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.fit !== undefined){
let data85 = data81.fit;
const _errs203 = errors;
if(!((((data85 === "cover") || (data85 === "contain")) || (data85 === "inside")) || (data85 === "fill"))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/fit",schemaPath:"#/properties/presets/items/properties/fit/enum",keyword:"enum",params:{allowedValues: schema31.properties.presets.items.properties.fit.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.presets.items.properties.fit.enum,parentSchema:schema31.properties.presets.items.properties.fit,data:data85}];
return false;
}
var valid39 = _errs203 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.format !== undefined){
let data86 = data81.format;
const _errs204 = errors;
if(!((((data86 === "jpeg") || (data86 === "png")) || (data86 === "webp")) || (data86 === "avif"))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/format",schemaPath:"#/properties/presets/items/properties/format/enum",keyword:"enum",params:{allowedValues: schema31.properties.presets.items.properties.format.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.presets.items.properties.format.enum,parentSchema:schema31.properties.presets.items.properties.format,data:data86}];
return false;
}
var valid39 = _errs204 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.quality !== undefined){
let data87 = data81.quality;
const _errs205 = errors;
if(!(((typeof data87 == "number") && (!(data87 % 1) && !isNaN(data87))) && (isFinite(data87)))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/quality",schemaPath:"#/properties/presets/items/properties/quality/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.presets.items.properties.quality.type,parentSchema:schema31.properties.presets.items.properties.quality,data:data87}];
return false;
}
if(errors === _errs205){
if((typeof data87 == "number") && (isFinite(data87))){
if(data87 > 100 || isNaN(data87)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/quality",schemaPath:"#/properties/presets/items/properties/quality/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema31.properties.presets.items.properties.quality,data:data87}];
return false;
}
else {
if(data87 < 1 || isNaN(data87)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/quality",schemaPath:"#/properties/presets/items/properties/quality/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.presets.items.properties.quality,data:data87}];
return false;
}
}
}
}
var valid39 = _errs205 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.position !== undefined){
let data88 = data81.position;
const _errs207 = errors;
if(!(((data88 === "centre") || (data88 === "attention")) || (data88 === "entropy"))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/position",schemaPath:"#/properties/presets/items/properties/position/enum",keyword:"enum",params:{allowedValues: schema31.properties.presets.items.properties.position.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.presets.items.properties.position.enum,parentSchema:schema31.properties.presets.items.properties.position,data:data88}];
return false;
}
var valid39 = _errs207 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.background !== undefined){
let data89 = data81.background;
const _errs208 = errors;
if(errors === _errs208){
if(typeof data89 === "string"){
if(!pattern18.test(data89)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/background",schemaPath:"#/properties/presets/items/properties/background/pattern",keyword:"pattern",params:{pattern: "^#[0-9a-f]{6}$"},message:"must match pattern \""+"^#[0-9a-f]{6}$"+"\"",schema:"^#[0-9a-f]{6}$",parentSchema:schema31.properties.presets.items.properties.background,data:data89}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/background",schemaPath:"#/properties/presets/items/properties/background/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.presets.items.properties.background.type,parentSchema:schema31.properties.presets.items.properties.background,data:data89}];
return false;
}
}
var valid39 = _errs208 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.effort !== undefined){
let data90 = data81.effort;
const _errs210 = errors;
if(!(((typeof data90 == "number") && (!(data90 % 1) && !isNaN(data90))) && (isFinite(data90)))){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/effort",schemaPath:"#/properties/presets/items/properties/effort/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.presets.items.properties.effort.type,parentSchema:schema31.properties.presets.items.properties.effort,data:data90}];
return false;
}
if(errors === _errs210){
if((typeof data90 == "number") && (isFinite(data90))){
if(data90 > 9 || isNaN(data90)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/effort",schemaPath:"#/properties/presets/items/properties/effort/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9},message:"must be <= 9",schema:9,parentSchema:schema31.properties.presets.items.properties.effort,data:data90}];
return false;
}
else {
if(data90 < 0 || isNaN(data90)){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/effort",schemaPath:"#/properties/presets/items/properties/effort/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.presets.items.properties.effort,data:data90}];
return false;
}
}
}
}
var valid39 = _errs210 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.lossless !== undefined){
let data91 = data81.lossless;
const _errs212 = errors;
if(typeof data91 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/lossless",schemaPath:"#/properties/presets/items/properties/lossless/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.presets.items.properties.lossless.type,parentSchema:schema31.properties.presets.items.properties.lossless,data:data91}];
return false;
}
var valid39 = _errs212 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.sharpen !== undefined){
let data92 = data81.sharpen;
const _errs214 = errors;
if(typeof data92 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/sharpen",schemaPath:"#/properties/presets/items/properties/sharpen/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.presets.items.properties.sharpen.type,parentSchema:schema31.properties.presets.items.properties.sharpen,data:data92}];
return false;
}
var valid39 = _errs214 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.animated !== undefined){
let data93 = data81.animated;
const _errs216 = errors;
if(typeof data93 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/animated",schemaPath:"#/properties/presets/items/properties/animated/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.presets.items.properties.animated.type,parentSchema:schema31.properties.presets.items.properties.animated,data:data93}];
return false;
}
var valid39 = _errs216 === errors;
}
else {
var valid39 = true;
}
if(valid39){
if(data81.copyright !== undefined){
let data94 = data81.copyright;
const _errs218 = errors;
if(typeof data94 !== "boolean"){
validate20.errors = [{instancePath:instancePath+"/presets/" + i6+"/copyright",schemaPath:"#/properties/presets/items/properties/copyright/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.presets.items.properties.copyright.type,parentSchema:schema31.properties.presets.items.properties.copyright,data:data94}];
return false;
}
var valid39 = _errs218 === errors;
}
else {
var valid39 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/presets/" + i6,schemaPath:"#/properties/presets/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.presets.items.type,parentSchema:schema31.properties.presets.items,data:data81}];
return false;
}
}
var valid38 = _errs194 === errors;
if(!valid38){
break;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/presets",schemaPath:"#/properties/presets/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.presets.type,parentSchema:schema31.properties.presets,data:data80}];
return false;
}
}
var valid0 = _errs192 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.shutdownGraceSeconds !== undefined){
let data95 = data.shutdownGraceSeconds;
const _errs220 = errors;
if(!(((typeof data95 == "number") && (!(data95 % 1) && !isNaN(data95))) && (isFinite(data95)))){
validate20.errors = [{instancePath:instancePath+"/shutdownGraceSeconds",schemaPath:"#/properties/shutdownGraceSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.shutdownGraceSeconds.type,parentSchema:schema31.properties.shutdownGraceSeconds,data:data95}];
return false;
}
if(errors === _errs220){
if((typeof data95 == "number") && (isFinite(data95))){
if(data95 > 3600 || isNaN(data95)){
validate20.errors = [{instancePath:instancePath+"/shutdownGraceSeconds",schemaPath:"#/properties/shutdownGraceSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600",schema:3600,parentSchema:schema31.properties.shutdownGraceSeconds,data:data95}];
return false;
}
else {
if(data95 < 0 || isNaN(data95)){
validate20.errors = [{instancePath:instancePath+"/shutdownGraceSeconds",schemaPath:"#/properties/shutdownGraceSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.shutdownGraceSeconds,data:data95}];
return false;
}
}
}
}
var valid0 = _errs220 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.waitTargetSeconds !== undefined){
let data96 = data.waitTargetSeconds;
const _errs222 = errors;
if(errors === _errs222){
if(data96 && typeof data96 == "object" && !Array.isArray(data96)){
const _errs224 = errors;
for(const key23 in data96){
if(!((key23 === "interactive") || (key23 === "backfill"))){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds",schemaPath:"#/properties/waitTargetSeconds/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key23},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.waitTargetSeconds,data:data96}];
return false;
break;
}
}
if(_errs224 === errors){
if(data96.interactive !== undefined){
let data97 = data96.interactive;
const _errs225 = errors;
if(!(((typeof data97 == "number") && (!(data97 % 1) && !isNaN(data97))) && (isFinite(data97)))){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds/interactive",schemaPath:"#/properties/waitTargetSeconds/properties/interactive/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.waitTargetSeconds.properties.interactive.type,parentSchema:schema31.properties.waitTargetSeconds.properties.interactive,data:data97}];
return false;
}
if(errors === _errs225){
if((typeof data97 == "number") && (isFinite(data97))){
if(data97 > 86400 || isNaN(data97)){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds/interactive",schemaPath:"#/properties/waitTargetSeconds/properties/interactive/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400",schema:86400,parentSchema:schema31.properties.waitTargetSeconds.properties.interactive,data:data97}];
return false;
}
else {
if(data97 < 1 || isNaN(data97)){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds/interactive",schemaPath:"#/properties/waitTargetSeconds/properties/interactive/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.waitTargetSeconds.properties.interactive,data:data97}];
return false;
}
}
}
}
var valid40 = _errs225 === errors;
}
else {
var valid40 = true;
}
if(valid40){
if(data96.backfill !== undefined){
let data98 = data96.backfill;
const _errs227 = errors;
if(!(((typeof data98 == "number") && (!(data98 % 1) && !isNaN(data98))) && (isFinite(data98)))){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds/backfill",schemaPath:"#/properties/waitTargetSeconds/properties/backfill/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.waitTargetSeconds.properties.backfill.type,parentSchema:schema31.properties.waitTargetSeconds.properties.backfill,data:data98}];
return false;
}
if(errors === _errs227){
if((typeof data98 == "number") && (isFinite(data98))){
if(data98 > 604800 || isNaN(data98)){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds/backfill",schemaPath:"#/properties/waitTargetSeconds/properties/backfill/maximum",keyword:"maximum",params:{comparison: "<=", limit: 604800},message:"must be <= 604800",schema:604800,parentSchema:schema31.properties.waitTargetSeconds.properties.backfill,data:data98}];
return false;
}
else {
if(data98 < 1 || isNaN(data98)){
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds/backfill",schemaPath:"#/properties/waitTargetSeconds/properties/backfill/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.waitTargetSeconds.properties.backfill,data:data98}];
return false;
}
}
}
}
var valid40 = _errs227 === errors;
}
else {
var valid40 = true;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/waitTargetSeconds",schemaPath:"#/properties/waitTargetSeconds/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.waitTargetSeconds.type,parentSchema:schema31.properties.waitTargetSeconds,data:data96}];
return false;
}
}
var valid0 = _errs222 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.logLevel !== undefined){
let data99 = data.logLevel;
const _errs229 = errors;
if(!((((data99 === "debug") || (data99 === "info")) || (data99 === "warn")) || (data99 === "error"))){
validate20.errors = [{instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/enum",keyword:"enum",params:{allowedValues: schema31.properties.logLevel.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.logLevel.enum,parentSchema:schema31.properties.logLevel,data:data99}];
return false;
}
var valid0 = _errs229 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data}];
return false;
}
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
