-- What a condition says is in docs/conditions.md of the operator.
local hs = { status = "Progressing", message = "the operator has not looked at this pool yet" }
if obj.status == nil or obj.status.conditions == nil then
  return hs
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end

local function isTrue(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end

local function tell(status, name)
  local condition = conditions[name]
  hs.status = status
  hs.message = condition.reason
  if condition.message ~= nil and condition.message ~= "" then
    hs.message = condition.reason .. ": " .. condition.message
  end
  return hs
end

-- Before the generation: of a pool that is left alone no newer one is observed until the annotation is gone.
local annotations = obj.metadata.annotations or {}
if isTrue("ReconcileDisabled") and annotations["previews.mobius.dev/reconcile"] == "disabled" then
  return tell("Suspended", "ReconcileDisabled")
end

if obj.status.observedGeneration ~= obj.metadata.generation then
  hs.message = "the operator has not looked at the newest spec yet"
  return hs
end

if isTrue("Suspended") then
  return tell("Suspended", "Suspended")
end
if isTrue("Stalled") then
  return tell("Degraded", "Stalled")
end
if isTrue("Reconciling") then
  return tell("Progressing", "Reconciling")
end
if isTrue("Degraded") then
  return tell("Degraded", "Degraded")
end
if isTrue("Ready") then
  return tell("Healthy", "Ready")
end
return hs
