"""OpenStack Swift with its S3 protocol, in one process on loopback: `serve-swift.py FOLDER`.

Prints `ready PORT` once it takes requests, and ends when its standard input does. Debian's python3-swift is all it needs.
"""

import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

STORAGE = """[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
set log_level = ERROR
"""

PROXY = """[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth copy slo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
set log_level = ERROR
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_writer_main = writing .admin
user_writer_reader = reading
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:versioned_writes]
use = egg:swift#versioned_writes
"""


class Cache:
    """What the proxy keeps in memcached elsewhere."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def delete(self, key, **_):
        self.values.pop(key, None)


def with_cache(app, cache):
    def call(environ, start_response):
        environ["swift.cache"] = cache
        return app(environ, start_response)

    return call


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def main(folder):
    os.makedirs(f"{folder}/devices/disk")
    write(f"{folder}/swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\n")
    utils.set_swift_dir(folder)
    utils.validate_hash_conf()
    listeners = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in ("account", "container", "object", "proxy")}
    for kind in ("account", "container", "object"):
        builder = RingBuilder(1, 1, 0)
        port = listeners[kind].getsockname()[1]
        builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "disk", "weight": 1})
        builder.rebalance()
        builder.get_ring().save(f"{folder}/{kind}.ring.gz")
    quiet = open(os.devnull, "w", encoding="ascii")
    for kind, listener in listeners.items():
        text = (PROXY if kind == "proxy" else STORAGE).format(folder=folder, kind=kind)
        app = with_cache(loadapp(write(f"{folder}/{kind}-server.conf", text)), Cache())
        eventlet.spawn(wsgi.server, listener, app, log=quiet, debug=False)
    print("ready", listeners["proxy"].getsockname()[1], flush=True)
    eventlet.tpool.execute(sys.stdin.read)


main(sys.argv[1])
