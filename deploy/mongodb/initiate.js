// For mongosh, on the host of the first member: makes the replica set and its accounts; run again, it sets the passwords anew.
const { readFileSync } = require('node:fs')
const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim()
const admin = db.getSiblingDB('admin')

// without an account everything else is refused, and so it is once there is one
const passing = (known, task) => {
  try {
    task()
  } catch (error) {
    if (!known.includes(error.codeName)) throw error
  }
}

const members = ['mongodb-1', 'mongodb-2', 'mongodb-3'].map((host, _id) => ({ _id, host: `${host}:27017` }))
passing(['AlreadyInitialized', 'Unauthorized'], () =>
  admin.runCommand({ replSetInitiate: { _id: 'hub', members } }),
)
while (!db.hello().primary) sleep(500)
if (!db.hello().isWritablePrimary) {
  print('Another member is the primary: the replica set was made before')
  quit(0)
}

passing(['Unauthorized', 'Location51003'], () =>
  admin.createUser({
    user: 'administrator',
    pwd: secret('mongodb_administrator'),
    roles: [{ role: 'root', db: 'admin' }],
  }),
)
admin.auth('administrator', secret('mongodb_administrator'))
// sizes and the shards of `hub mongodb plan` are told to a clusterMonitor
const hub = {
  pwd: secret('mongodb_hub'),
  roles: [
    { role: 'readWrite', db: 'hub' },
    { role: 'clusterMonitor', db: 'admin' },
  ],
}
if (admin.getUser('hub')) admin.updateUser('hub', hub)
else admin.createUser({ user: 'hub', ...hub })
