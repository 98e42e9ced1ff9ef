#include "loadgen/media_type.h"

static const struct {
    struct str extension, type;
} rows[] = {
    {STR_INIT("7z"), STR_INIT("application/x-7z-compressed")},
    {STR_INIT("avi"), STR_INIT("video/x-msvideo")},
    {STR_INIT("avif"), STR_INIT("image/avif")},
    {STR_INIT("bin"), STR_INIT("application/octet-stream")},
    {STR_INIT("bmp"), STR_INIT("image/bmp")},
    {STR_INIT("bz2"), STR_INIT("application/x-bzip2")},
    {STR_INIT("css"), STR_INIT("text/css")},
    {STR_INIT("csv"), STR_INIT("text/csv")},
    {STR_INIT("doc"), STR_INIT("application/msword")},
    {STR_INIT("docx"),
     STR_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
    {STR_INIT("eml"), STR_INIT("message/rfc822")},
    {STR_INIT("epub"), STR_INIT("application/epub+zip")},
    {STR_INIT("gif"), STR_INIT("image/gif")},
    {STR_INIT("gz"), STR_INIT("application/gzip")},
    {STR_INIT("htm"), STR_INIT("text/html")},
    {STR_INIT("html"), STR_INIT("text/html")},
    {STR_INIT("ico"), STR_INIT("image/vnd.microsoft.icon")},
    {STR_INIT("ics"), STR_INIT("text/calendar")},
    {STR_INIT("jar"), STR_INIT("application/java-archive")},
    {STR_INIT("jpeg"), STR_INIT("image/jpeg")},
    {STR_INIT("jpg"), STR_INIT("image/jpeg")},
    {STR_INIT("js"), STR_INIT("application/javascript")},
    {STR_INIT("json"), STR_INIT("application/json")},
    {STR_INIT("md"), STR_INIT("text/markdown")},
    {STR_INIT("mjs"), STR_INIT("application/javascript")},
    {STR_INIT("mov"), STR_INIT("video/quicktime")},
    {STR_INIT("mp3"), STR_INIT("audio/mpeg")},
    {STR_INIT("mp4"), STR_INIT("video/mp4")},
    {STR_INIT("mpeg"), STR_INIT("video/mpeg")},
    {STR_INIT("odt"), STR_INIT("application/vnd.oasis.opendocument.text")},
    {STR_INIT("ogg"), STR_INIT("audio/ogg")},
    {STR_INIT("pdf"), STR_INIT("application/pdf")},
    {STR_INIT("pem"), STR_INIT("application/x-x509-ca-cert")},
    {STR_INIT("png"), STR_INIT("image/png")},
    {STR_INIT("ppt"), STR_INIT("application/vnd.ms-powerpoint")},
    {STR_INIT("pptx"),
     STR_INIT("application/vnd.openxmlformats-officedocument.presentationml.presentation")},
    {STR_INIT("rtf"), STR_INIT("application/rtf")},
    {STR_INIT("sh"), STR_INIT("application/x-sh")},
    {STR_INIT("sql"), STR_INIT("application/sql")},
    {STR_INIT("svg"), STR_INIT("image/svg+xml")},
    {STR_INIT("tar"), STR_INIT("application/x-tar")},
    {STR_INIT("tif"), STR_INIT("image/tiff")},
    {STR_INIT("tiff"), STR_INIT("image/tiff")},
    {STR_INIT("ttf"), STR_INIT("font/ttf")},
    {STR_INIT("txt"), STR_INIT("text/plain")},
    {STR_INIT("wasm"), STR_INIT("application/wasm")},
    {STR_INIT("wav"), STR_INIT("audio/wav")},
    {STR_INIT("webm"), STR_INIT("video/webm")},
    {STR_INIT("webp"), STR_INIT("image/webp")},
    {STR_INIT("woff"), STR_INIT("font/woff")},
    {STR_INIT("woff2"), STR_INIT("font/woff2")},
    {STR_INIT("xhtml"), STR_INIT("application/xhtml+xml")},
    {STR_INIT("xls"), STR_INIT("application/vnd.ms-excel")},
    {STR_INIT("xlsx"),
     STR_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
    {STR_INIT("xml"), STR_INIT("application/xml")},
    {STR_INIT("yaml"), STR_INIT("text/yaml")},
    {STR_INIT("yml"), STR_INIT("text/yaml")},
    {STR_INIT("zip"), STR_INIT("application/zip")},
};

struct str media_type_of(struct str file_name)
{
    struct str extension = {0};

    for (size_t i = file_name.len; i > 0 && extension.ptr == NULL; i--) {
        if (file_name.ptr[i - 1] == '.')
            extension = str_slice(file_name, i, file_name.len);
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq_nocase(rows[i].extension, extension))
            return rows[i].type;
    }
    return STR("application/octet-stream");
}
