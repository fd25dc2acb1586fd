/** What the agent is called in `\Windows\System32` of Windows PE. */
export const agentName = 'amorce.js'

/**
 * The agent of a machine in Windows PE, for Windows Script Host: `cscript //e:jscript amorce.js <server> <mac>`, and once more
 * with a task and its exit code when one has ended. It tells the
 * server that the machine is up, again every few seconds, and what it is made of. Its language is ECMAScript 3, which is all
 * that JScript knows. It ends with code 2 where nothing there speaks HTTP, and WMI is left out where it is not installed:
 * both are optional parts of Windows PE.
 */
export const agentScript = String.raw`// Amorce: this machine is up in Windows PE.
var server = WScript.Arguments(0);
var mac = WScript.Arguments(1);
var secondsBetween = 5;

function httpRequest() {
  var names = ['WinHttp.WinHttpRequest.5.1', 'MSXML2.ServerXMLHTTP.6.0', 'MSXML2.XMLHTTP.6.0', 'MSXML2.XMLHTTP'];
  for (var i = 0; i < names.length; i++) {
    try {
      return new ActiveXObject(names[i]);
    } catch (notThere) {}
  }
  return null;
}

function ask(query, names) {
  var answers = {};
  try {
    var found = new Enumerator(GetObject('winmgmts:root\\cimv2').ExecQuery(query));
    if (found.atEnd()) return answers;
    for (var i = 0; i < names.length; i++) answers[names[i]] = found.item()[names[i]];
  } catch (noWmi) {}
  return answers;
}

function form(values) {
  var parts = [];
  for (var name in values)
    if (values[name] !== undefined && values[name] !== null && values[name] !== '')
      parts.push(name + '=' + encodeURIComponent(String(values[name])));
  return parts.join('&');
}

function facts() {
  var product = ask('SELECT * FROM Win32_ComputerSystemProduct', ['Vendor', 'Name', 'IdentifyingNumber', 'UUID']);
  var system = ask('SELECT * FROM Win32_ComputerSystem', ['TotalPhysicalMemory']);
  var processor = ask('SELECT * FROM Win32_Processor', ['Name']);
  var bytes = Number(system.TotalPhysicalMemory);
  return {
    manufacturer: product.Vendor,
    product: product.Name,
    serial: product.IdentifyingNumber,
    uuid: product.UUID,
    // WMI leaves out what the firmware keeps for itself: up to the next whole GiB.
    memoryMiB: bytes > 0 ? Math.ceil(bytes / 1073741824) * 1024 : undefined,
    cpu: processor.Name
  };
}

function post(path, body) {
  var request = httpRequest();
  if (request === null) WScript.Quit(2);
  try {
    request.open('POST', server + path, false);
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    request.send(body);
    return request.status === 200;
  } catch (noAnswer) {
    return false;
  }
}

function tell(stage, more) {
  return post('/api/heartbeat', form({ mac: mac, stage: stage }) + (more ? '&' + more : ''));
}

// With the name of a task and its exit code: how that ended, and no more.
if (WScript.Arguments.length > 3) {
  var heard = post('/boot/' + mac + '/winpe/done', form({ task: WScript.Arguments(2), code: WScript.Arguments(3) }));
  WScript.Quit(heard ? 0 : 1);
}

var known = form(facts());
while (!tell('system', known)) WScript.Sleep(secondsBetween * 1000);
while (true) {
  tell('ready', '');
  WScript.Sleep(secondsBetween * 1000);
}
`
