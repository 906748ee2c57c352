package muster.lb.traefik;

/** What dynamic configuration defines, by name. */
enum Kind {
    HTTP_ROUTER("http", "router"), HTTP_SERVICE("http", "service"), HTTP_MIDDLEWARE("http", "middleware"),
    HTTP_TRANSPORT("http", "serversTransport"), TCP_ROUTER("tcp", "router"), TCP_SERVICE("tcp", "service"),
    TCP_MIDDLEWARE("tcp", "middleware"), TCP_TRANSPORT("tcp", "serversTransport"), UDP_ROUTER("udp", "router"), UDP_SERVICE("udp", "service"),
    TLS_OPTIONS("tls", "options"), TLS_STORE("tls", "stores");

    private final String section;
    private final String word;

    Kind(String section, String word) {
        this.section = section;
        this.word = word;
    }

    String section() {
        return section;
    }

    /** In the singular, as messages have it. */
    String word() {
        return word;
    }

    /** The key below the section. */
    String key() {
        return section.equals("tls") ? word : word + "s";
    }
}
