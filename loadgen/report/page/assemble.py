"""The page with its style and scripts in it, as a C array: assemble.py NAME OUTPUT PAGE STYLE SCRIPT..."""

import pathlib
import sys

name, output, page, style, *scripts = sys.argv[1:]
read = lambda path: pathlib.Path(path).read_text()
text = read(page)
for mark, pieces in (("/*STYLE*/", [style]), ("/*SCRIPT*/", scripts)):
    assert text.count(mark) == 1, mark
    text = text.replace(mark, "\n".join(map(read, pieces)))
data = text.encode()
lines = [", ".join(str(byte) for byte in data[at:at + 24]) for at in range(0, len(data), 24)]
pathlib.Path(output).write_text("static const unsigned char %s[] = {\n%s,\n};\n" % (name, ",\n".join(lines)))
