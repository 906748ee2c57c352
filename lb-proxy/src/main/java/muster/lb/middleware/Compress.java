package muster.lb.middleware;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** compress: gzip, br or zstd for clients that take it, for answers that are long enough and not compressed already. */
final class Compress implements Middleware {
    private static final String IDENTITY = "identity";
    private static final String ANY = "*";

    private final List<String> excluded;
    private final List<String> included;
    private final long minimum;
    private final List<Encoding> encodings;
    private final Optional<Encoding> initial;

    Compress(Values options) {
        this.excluded = types(options, "excludedContentTypes");
        this.included = types(options, "includedContentTypes");
        if (!excluded.isEmpty() && !included.isEmpty()) {
            throw new IllegalArgumentException("excludedContentTypes and includedContentTypes options are mutually exclusive");
        }
        this.minimum = options.whole("minResponseBodyBytes") <= 0 ? 1024 : options.whole("minResponseBodyBytes");
        List<Encoding> named = options.texts("encodings").stream().map(Compress::known).toList();
        this.encodings = (named.isEmpty() ? List.of(Encoding.values()) : named).stream().filter(Encoding::isThere).toList();
        if (encodings.isEmpty()) {
            throw new IllegalArgumentException("the library for the encodings " + options.texts("encodings") + " does not load on this system: add gzip");
        }
        this.initial = options.text("defaultEncoding").isEmpty() ? Optional.empty() : Optional.of(known(options.text("defaultEncoding")));
        if (initial.isPresent() && !encodings.contains(initial.get())) {
            throw new IllegalArgumentException("unsupported default encoding: " + initial.get().token());
        }
    }

    private static Encoding known(String token) {
        return Encoding.of(token).orElseThrow(() -> new IllegalArgumentException("unsupported encoding: " + token));
    }

    private static List<String> types(Values options, String name) {
        return options.texts(name).stream().map(Compress::bare).toList();
    }

    /** A media type without parameters, in small letters. */
    private static String bare(String type) {
        return type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        if (head.method().equals("HEAD") || isExcluded(head.headers().first("Content-Type").orElse(""))) {
            return next.handle(head);
        }
        Optional<Encoding> chosen = head.headers().has("Accept-Encoding") ? chosen(head.headers().members("Accept-Encoding")) : initial;
        return chosen.isPresent() ? Decisions.edited(next.handle(head), new Coding(chosen.get())) : next.handle(head);
    }

    /** One of a client's wishes, and how much it is one. */
    private record Wish(String token, double weight) {
        static Wish of(String member) {
            String[] parts = member.toLowerCase(Locale.ROOT).split(";");
            double weight = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].strip();
                if (parameter.startsWith("q=")) {
                    weight = parameter.matches("q=[0-9]+(\\.[0-9]*)?") ? Double.parseDouble(parameter.substring(2)) : 0;
                }
            }
            return new Wish(parts[0].strip(), weight);
        }
    }

    /** The client's dearest that is there; of several the first in our order, then none at all, then any. */
    private Optional<Encoding> chosen(List<String> members) {
        List<Wish> wishes = new ArrayList<>();
        for (String member : members) {
            Wish wish = Wish.of(member);
            if (wish.weight() > 0 && rank(wish) <= encodings.size() + 1) {
                wishes.add(wish);
            }
        }
        wishes.sort(Comparator.comparingDouble(Wish::weight).reversed().thenComparingInt(this::rank));
        if (wishes.isEmpty() || wishes.getFirst().token().equals(IDENTITY)) {
            return Optional.empty();
        }
        return wishes.getFirst().token().equals(ANY)
                ? Optional.of(initial.orElse(encodings.getFirst()))
                : Encoding.of(wishes.getFirst().token());
    }

    private int rank(Wish wish) {
        return switch (wish.token()) {
            case IDENTITY -> encodings.size();
            case ANY -> encodings.size() + 1;
            default -> {
                int index = Encoding.of(wish.token()).map(encodings::indexOf).orElse(-1);
                yield index < 0 ? Integer.MAX_VALUE : index;
            }
        };
    }

    private boolean isExcluded(String contentType) {
        String type = bare(contentType);
        return type.equals("application/grpc") || !type.isEmpty() && excluded.contains(type);
    }

    private final class Coding implements ResponseEdit {
        private final Encoding encoding;

        Coding(Encoding encoding) {
            this.encoding = encoding;
        }

        @Override
        public void edit(int status, HeaderList headers) {
            // the headers change once it is known that the body will
        }

        @Override
        public Optional<BodyCoder> coder(int status, HeaderList headers) {
            String type = headers.first("Content-Type").orElse("");
            boolean isIncluded = included.isEmpty() || included.contains(bare(type));
            if (headers.has("Content-Encoding") || headers.has("Content-Range") || isExcluded(type) || !isIncluded) {
                return Optional.empty();
            }
            long length = headers.first("Content-Length").filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong).orElse(-1L);
            if (length >= 0 && length < minimum) {
                headers.set("Vary", vary(headers));
                return Optional.empty();
            }
            return Optional.of(new Coder(encoding, headers));
        }
    }

    private static String vary(HeaderList headers) {
        List<String> members = headers.members("Vary");
        return members.stream().anyMatch("Accept-Encoding"::equalsIgnoreCase) ? String.join(", ", members)
                : members.isEmpty() ? "Accept-Encoding" : String.join(", ", members) + ", Accept-Encoding";
    }

    /** Begins with the first piece; each piece is flushed, so that a slow answer keeps flowing. */
    private static final class Coder implements BodyCoder {
        private final Encoding encoding;
        private final HeaderList headers;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        private OutputStream coded;
        private boolean isClosed;

        Coder(Encoding encoding, HeaderList headers) {
            this.encoding = encoding;
            this.headers = headers;
        }

        @Override
        public byte[] piece(byte[] piece) {
            try {
                if (coded == null) {
                    begin();
                }
                coded.write(piece);
                coded.flush();
                return taken();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] end() {
            if (coded == null) {
                headers.set("Vary", vary(headers));
                return new byte[0];
            }
            close();
            return taken();
        }

        /** The libraries of br and zstd keep memory of their own. */
        @Override
        public void close() {
            if (coded != null && !isClosed) {
                isClosed = true;
                try {
                    coded.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public boolean isHolding() {
            return coded == null;
        }

        private void begin() throws IOException {
            headers.remove("Content-Length").remove("Accept-Ranges").set("Content-Encoding", encoding.token()).set("Vary", vary(headers));
            headers.first("ETag").filter(tag -> !tag.startsWith("W/")).ifPresent(tag -> headers.set("ETag", "W/" + tag));
            coded = encoding.open(out);
        }

        private byte[] taken() {
            byte[] bytes = out.toByteArray();
            out.reset();
            return bytes;
        }
    }
}
