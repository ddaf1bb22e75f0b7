"""A web server with certificates of an authority of its own."""

import subprocess

from servers import HOST, answers, free_ports, wait_until

USER, PASSWORD = "me", "SECRET word"

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/temporary;
  proxy_temp_path {folder}/temporary;
  fastcgi_temp_path {folder}/temporary;
  uwsgi_temp_path {folder}/temporary;
  scgi_temp_path {folder}/temporary;
  types {{ text/html html; }}
  default_type text/plain;
  ssl_certificate {folder}/server.pem;
  ssl_certificate_key {folder}/server.key;
  root {folder}/site;
  server {{ listen {host}:{plain}; {places} }}
  server {{ listen {host}:{tls} ssl; {places} }}
  server {{ listen {host}:{http2} ssl http2; {places} }}
}}
"""

PLACES = """
  location /whole/ { max_ranges 0; alias SITE/; }
  # Neither a length nor an entity tag.
  location /chunked/ { ssi on; ssi_types text/plain; alias SITE/; }
  # Packed although nobody asked for it.
  location /packed/ { add_header Content-Encoding gzip; alias SITE/; }
  location /moved/ { rewrite ^/moved/(.*)$ /$1 permanent; }
  location /moved-away/ { return 307 http://localhost:PLAIN/text.txt; }
  location /moved-back/ { return 302 /moved-back/; }
  location /moved-nowhere/ { return 302 ftp://localhost/; }
  location /locked/ { auth_basic locked; auth_basic_user_file FOLDER/passwords; alias SITE/; }
  location /signed/ { if ($arg_token != "SECRET+a%2Fb") { return 403; } alias SITE/; }
  location /busy/ { return 503; }
"""


class Nginx:
    def __init__(self, servers):
        folder = self.folder = servers.folder
        self.site = folder / "site"
        self.site.mkdir()
        # Its worker is another user, where root starts it.
        folder.chmod(0o755)
        certificates(folder)
        lines = subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], check=True,
                               stdout=subprocess.PIPE).stdout.decode()  # fmt: skip
        (folder / "passwords").write_text(f"{USER}:{lines}")
        self.plain_port, tls, http2 = free_ports(3)
        places = PLACES.replace("SITE", str(self.site)).replace("FOLDER", str(folder))
        places = places.replace("PLAIN", str(self.plain_port))
        configuration = folder / "nginx.conf"
        configuration.write_text(
            CONFIGURATION.format(folder=folder, host=HOST, plain=self.plain_port, tls=tls,
                                 http2=http2, places=places)
        )  # fmt: skip
        self.plain = f"http://{HOST}:{self.plain_port}"
        self.tls, self.http2 = f"https://{HOST}:{tls}", f"https://{HOST}:{http2}"
        process = servers.start(["nginx", "-p", folder, "-e", "stderr", "-c", configuration])
        wait_until(lambda: answers(self.plain), process)


def certificates(folder):
    """An authority, and a server that it trusts, on this host."""

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, stderr=subprocess.DEVNULL)

    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *kind, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=An authority of the check",
            "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    openssl("req", *kind, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server")
    (folder / "names").write_text(f"subjectAltName=IP:{HOST},DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem")  # fmt: skip
