// Generated from schemas/preview-outbox.schema.json by `npm run generate`. Do not edit.
// @ts-nocheck
import func1Module from 'ajv/dist/runtime/ucs2length.js';
export const validate = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://previews.mobius.dev/schemas/preview-outbox.schema.json","title":"PreviewOutbox","description":"outbox/<job id>.json in the sink: a job that a producer has accepted, kept until it is answered, because Redis may lose it.","type":"object","additionalProperties":false,"required":["version","id","requestKey","lane","job","submittedAt"],"properties":{"version":{"const":1},"id":{"description":"The job's id in the queue.","type":"string","pattern":"^r[0-9a-f]{64}(-[0-9a-f-]{36})?$"},"requestKey":{"type":"string","pattern":"^r[0-9a-f]{64}$"},"lane":{"enum":["urgent","interactive","backfill"]},"job":{"type":"object"},"submittedAt":{"description":"RFC 3339, UTC.","type":"string","maxLength":32}}};
const pattern4 = new RegExp("^r[0-9a-f]{64}(-[0-9a-f-]{36})?$", "u");
const pattern5 = new RegExp("^r[0-9a-f]{64}$", "u");
const func1 = func1Module.default;

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://previews.mobius.dev/schemas/preview-outbox.schema.json" */;
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
if(((((((data.version === undefined) && (missing0 = "version")) || ((data.id === undefined) && (missing0 = "id"))) || ((data.requestKey === undefined) && (missing0 = "requestKey"))) || ((data.lane === undefined) && (missing0 = "lane"))) || ((data.job === undefined) && (missing0 = "job"))) || ((data.submittedAt === undefined) && (missing0 = "submittedAt"))){
validate20.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'",schema:schema31.required,parentSchema:schema31,data}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((key0 === "version") || (key0 === "id")) || (key0 === "requestKey")) || (key0 === "lane")) || (key0 === "job")) || (key0 === "submittedAt"))){
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
if(data.id !== undefined){
let data1 = data.id;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(!pattern4.test(data1)){
validate20.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/pattern",keyword:"pattern",params:{pattern: "^r[0-9a-f]{64}(-[0-9a-f-]{36})?$"},message:"must match pattern \""+"^r[0-9a-f]{64}(-[0-9a-f-]{36})?$"+"\"",schema:"^r[0-9a-f]{64}(-[0-9a-f-]{36})?$",parentSchema:schema31.properties.id,data:data1}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.id.type,parentSchema:schema31.properties.id,data:data1}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.requestKey !== undefined){
let data2 = data.requestKey;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data2 === "string"){
if(!pattern5.test(data2)){
validate20.errors = [{instancePath:instancePath+"/requestKey",schemaPath:"#/properties/requestKey/pattern",keyword:"pattern",params:{pattern: "^r[0-9a-f]{64}$"},message:"must match pattern \""+"^r[0-9a-f]{64}$"+"\"",schema:"^r[0-9a-f]{64}$",parentSchema:schema31.properties.requestKey,data:data2}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/requestKey",schemaPath:"#/properties/requestKey/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.requestKey.type,parentSchema:schema31.properties.requestKey,data:data2}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.lane !== undefined){
let data3 = data.lane;
const _errs7 = errors;
if(!(((data3 === "urgent") || (data3 === "interactive")) || (data3 === "backfill"))){
validate20.errors = [{instancePath:instancePath+"/lane",schemaPath:"#/properties/lane/enum",keyword:"enum",params:{allowedValues: schema31.properties.lane.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.lane.enum,parentSchema:schema31.properties.lane,data:data3}];
return false;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.job !== undefined){
let data4 = data.job;
const _errs8 = errors;
if(!(data4 && typeof data4 == "object" && !Array.isArray(data4))){
validate20.errors = [{instancePath:instancePath+"/job",schemaPath:"#/properties/job/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.job.type,parentSchema:schema31.properties.job,data:data4}];
return false;
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.submittedAt !== undefined){
let data5 = data.submittedAt;
const _errs10 = errors;
if(errors === _errs10){
if(typeof data5 === "string"){
if(func1(data5) > 32){
validate20.errors = [{instancePath:instancePath+"/submittedAt",schemaPath:"#/properties/submittedAt/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema31.properties.submittedAt,data:data5}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/submittedAt",schemaPath:"#/properties/submittedAt/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.submittedAt.type,parentSchema:schema31.properties.submittedAt,data:data5}];
return false;
}
}
var valid0 = _errs10 === errors;
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
else {
validate20.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data}];
return false;
}
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
