"""Turns a file into a C array: embed.py NAME INPUT OUTPUT"""

import pathlib
import sys

name, source, target = sys.argv[1:]
data = pathlib.Path(source).read_bytes()
lines = [", ".join(str(byte) for byte in data[at:at + 24]) for at in range(0, len(data), 24)]
pathlib.Path(target).write_text("static const unsigned char %s[] = {\n%s,\n};\n" % (name, ",\n".join(lines)))
