package muster.lb.middleware;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** compress: gzip for clients that take it, for answers that are long enough and not compressed already. */
final class Compress implements Middleware {
    private final List<String> excluded;
    private final List<String> included;
    private final long minimum;
    private final boolean hasGzip;
    private final String initial;

    Compress(Values options) {
        this.excluded = types(options, "excludedContentTypes");
        this.included = types(options, "includedContentTypes");
        if (!excluded.isEmpty() && !included.isEmpty()) {
            throw new IllegalArgumentException("excludedContentTypes and includedContentTypes options are mutually exclusive");
        }
        this.minimum = options.whole("minResponseBodyBytes", 1024) <= 0 ? 1024 : options.whole("minResponseBodyBytes", 1024);
        List<String> encodings = options.texts("encodings");
        encodings.stream().filter(encoding -> !List.of("gzip", "br", "zstd").contains(encoding)).findFirst().ifPresent(encoding -> {
            throw new IllegalArgumentException("unsupported encoding: " + encoding);
        });
        this.hasGzip = encodings.isEmpty() || encodings.contains("gzip");
        this.initial = options.text("defaultEncoding");
    }

    private static List<String> types(Values options, String name) {
        return options.texts(name).stream().map(type -> type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT)).toList();
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        boolean isWanted = hasGzip && acceptsGzip(head) && !head.method().equals("HEAD")
                && !isExcluded(head.headers().first("Content-Type").orElse(""));
        return isWanted ? Decisions.edited(next.handle(head), new Gzip()) : next.handle(head);
    }

    private boolean acceptsGzip(RequestHead head) {
        if (!head.headers().has("Accept-Encoding")) {
            return initial.equals("gzip");
        }
        boolean isAny = false;
        for (String member : head.headers().members("Accept-Encoding")) {
            String[] parts = member.toLowerCase(Locale.ROOT).split(";");
            boolean isRefused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
            if (parts[0].strip().equals("gzip")) {
                return !isRefused;
            }
            isAny |= parts[0].strip().equals("*") && !isRefused;
        }
        return isAny;
    }

    private boolean isExcluded(String contentType) {
        String type = contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        return type.equals("application/grpc") || !type.isEmpty() && excluded.contains(type);
    }

    private final class Gzip implements ResponseEdit {
        @Override
        public void edit(int status, HeaderList headers) {
            // the headers change once it is known that the body will
        }

        @Override
        public Optional<BodyCoder> coder(int status, HeaderList headers) {
            String type = headers.first("Content-Type").orElse("");
            boolean isIncluded = included.isEmpty() || included.contains(type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT));
            if (headers.has("Content-Encoding") || headers.has("Content-Range") || isExcluded(type) || !isIncluded) {
                return Optional.empty();
            }
            long length = headers.first("Content-Length").filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong).orElse(-1L);
            if (length >= 0 && length < minimum) {
                headers.set("Vary", vary(headers));
                return Optional.empty();
            }
            boolean isStream = type.startsWith("text/event-stream");
            return Optional.of(new GzipCoder(headers, length >= 0 || isStream ? 0 : minimum));
        }
    }

    private static String vary(HeaderList headers) {
        List<String> members = headers.members("Vary");
        return members.stream().anyMatch("Accept-Encoding"::equalsIgnoreCase) ? String.join(", ", members)
                : members.isEmpty() ? "Accept-Encoding" : String.join(", ", members) + ", Accept-Encoding";
    }

    /** Holds the answer until it is long enough; each piece is flushed, so that a slow answer keeps flowing. */
    private static final class GzipCoder implements BodyCoder {
        private final HeaderList headers;
        private final long threshold;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        private ByteArrayOutputStream held = new ByteArrayOutputStream();
        private GZIPOutputStream gzip;

        GzipCoder(HeaderList headers, long threshold) {
            this.headers = headers;
            this.threshold = threshold;
        }

        @Override
        public byte[] piece(byte[] piece) {
            try {
                if (gzip == null) {
                    held.write(piece);
                    if (held.size() < threshold) {
                        return new byte[0];
                    }
                    begin();
                } else {
                    gzip.write(piece);
                }
                gzip.flush();
                return taken();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] end() {
            try {
                if (gzip == null && held.size() < Math.max(1, threshold)) {
                    headers.set("Vary", vary(headers));
                    return held.toByteArray();
                }
                gzip.close();
                return taken();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean isHolding() {
            return gzip == null;
        }

        private void begin() throws IOException {
            headers.remove("Content-Length").remove("Accept-Ranges").set("Content-Encoding", "gzip").set("Vary", vary(headers));
            headers.first("ETag").filter(tag -> !tag.startsWith("W/")).ifPresent(tag -> headers.set("ETag", "W/" + tag));
            gzip = new GZIPOutputStream(out, 4096, true);
            gzip.write(held.toByteArray());
            held = new ByteArrayOutputStream(0);
        }

        private byte[] taken() {
            byte[] bytes = out.toByteArray();
            out.reset();
            return bytes;
        }
    }
}
