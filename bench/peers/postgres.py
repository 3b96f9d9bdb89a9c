"""PostgreSQL 15 with pg_trgm and a GIN index on the source, asked as web translation tools ask it.

The operator % with a similarity threshold selects, similarity() orders, LIMIT 5 cuts. Weblate and Tolgee send this kind
of statement; .5 is Tolgee's threshold, .3 PostgreSQL's own and where Weblate's descending loop ends.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time

import common

BIN = "/usr/lib/postgresql/15/bin"
SETTINGS = {
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "listen_addresses": "",
}
QUERY = ("SELECT target, similarity(source, %s) AS alike FROM memory WHERE source %% %s"
         " ORDER BY alike DESC LIMIT 5")


def server_user():
    """The server refuses to run as root: Debian's user for it, and the words before a command that make it so."""
    if os.getuid() != 0:
        return None, []
    return pwd.getpwnam("postgres"), ["runuser", "-u", "postgres", "--"]


@contextlib.contextmanager
def cluster(scratch):
    """A private cluster on a Unix socket in a new folder; yields the folder; both are gone afterwards."""
    user, prefix = server_user()
    root = tempfile.mkdtemp(prefix="peers-pg-", dir=scratch)
    data = os.path.join(root, "data")
    if user is not None:
        os.chown(root, user.pw_uid, user.pw_gid)
    options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    options += f" -c unix_socket_directories='{root}'"
    ctl = prefix + [f"{BIN}/pg_ctl", "-D", data, "-w"]
    started = False
    try:
        subprocess.run(prefix + [f"{BIN}/initdb", "-D", data, "-U", "peers", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
                       check=True, stdout=subprocess.DEVNULL, cwd=root)
        subprocess.run(ctl + ["-l", os.path.join(root, "log"), "-o", options, "start"], check=True,
                       stdout=subprocess.DEVNULL, cwd=root)
        started = True
        yield root
    finally:
        if started:
            subprocess.run(ctl + ["-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd=root, check=False)
        shutil.rmtree(root, ignore_errors=True)


def cpu_seconds(root):
    """Processor time of the whole cluster so far: its processes, and those that have ended (parallel workers)."""
    with open(os.path.join(root, "data", "postmaster.pid"), encoding="utf-8") as f:
        postmaster = f.readline().strip()
    ticks = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has just ended
        if name == postmaster:
            ticks += sum(int(field) for field in fields[11:15])
        elif fields[1] == postmaster:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def load(cursor, memory, scratch):
    """Fills and indexes the table; the seconds it took, without reading our TSV."""
    with tempfile.TemporaryFile("w+", dir=scratch, encoding="utf-8", newline="\n") as rows:
        for source, target in common.read_rows(memory):
            rows.write(f"{common.escape(source)}\t{common.escape(target)}\n")
        rows.seek(0)
        start = time.monotonic()
        cursor.execute("CREATE EXTENSION pg_trgm")
        cursor.execute("CREATE TABLE memory (id bigserial PRIMARY KEY, source text NOT NULL, target text NOT NULL)")
        cursor.copy_expert("COPY memory (source, target) FROM STDIN", rows)
        cursor.execute("CREATE INDEX memory_source ON memory USING gin (source gin_trgm_ops)")
        cursor.execute("VACUUM ANALYZE memory")
        return time.monotonic() - start


def measure(memory, queries, thresholds, seconds, scratch, chrf_program):
    """Yields one record a threshold. `seconds`: for each."""
    import psycopg2  # here, so that the rest of the peers runs without it

    with cluster(scratch) as root:
        with contextlib.closing(psycopg2.connect(host=root, user="peers", dbname="postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            load_seconds = load(cursor, memory, scratch)
            cursor.execute("SELECT pg_total_relation_size('memory'), count(*) FROM memory")
            disk_bytes, pairs = cursor.fetchone()

            def best(source):
                cursor.execute(QUERY, (source, source))
                row = cursor.fetchone()
                return row[0] if row else None

            for threshold in thresholds:
                cursor.execute("SET pg_trgm.similarity_threshold = %s", (threshold,))
                milliseconds, cpu, answers = common.timed(best, queries, seconds, 50, lambda: cpu_seconds(root))
                settings = dict(SETTINGS, similarity_threshold=threshold, limit=5, pairs=pairs, seconds=seconds,
                                server=connection.server_version, statement=QUERY)
                yield common.result(f"pg_trgm {threshold}", load_seconds, disk_bytes, milliseconds, cpu, answers, queries,
                                    chrf_program, settings)
