#!/usr/bin/env python3
"""tests/gate/tls.py FOLDER SOCKET - a daemon's socket behind TLS on a free port of 127.0.0.1, which is printed. Clients need
a certificate of the folder's authority (ca.pem, server-cert.pem, server-key.pem)."""
import socket
import ssl
import sys
import threading

folder, path = sys.argv[1:]


def carry(source, sink):
    try:
        while part := source.recv(65536):
            sink.sendall(part)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, context):
    try:
        with context.wrap_socket(client, server_side=True) as secure, socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(path)
            up = threading.Thread(target=carry, args=(secure, daemon), daemon=True)
            up.start()
            carry(daemon, secure)
    except OSError:
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f'{folder}/server-cert.pem', f'{folder}/server-key.pem')
context.load_verify_locations(f'{folder}/ca.pem')
context.verify_mode = ssl.CERT_REQUIRED
with socket.create_server(('127.0.0.1', 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0], context), daemon=True).start()
