"""Our JavaScript as a table of C arrays, in order: embed.py OUTPUT FILE..."""

import pathlib
import sys

output, *inputs = sys.argv[1:]
out = ["struct runtime_file {", "    const char *name;", "    const unsigned char *bytes;", "    size_t length;", "};"]
rows = []
for path in map(pathlib.Path, inputs):
    data = path.read_bytes()
    lines = [", ".join(str(byte) for byte in data[at:at + 24]) for at in range(0, len(data), 24)]
    out.append("static const unsigned char runtime_%s[] = {\n%s,\n};" % (path.stem, ",\n".join(lines)))
    rows.append('    {"%s", runtime_%s, sizeof(runtime_%s)},' % (path.name, path.stem, path.stem))
out += ["static const struct runtime_file runtime_files[] = {"] + rows + ["};", ""]
pathlib.Path(output).write_text("\n".join(out))
