package muster.lb.exchange;

/** The versions of HTTP that clients and targets speak here. */
public enum HttpVersion {
    HTTP_1_0("HTTP/1.0"), HTTP_1_1("HTTP/1.1"), HTTP_2("HTTP/2.0");

    private final String text;

    HttpVersion(String text) {
        this.text = text;
    }

    /** As it stands in a request line and in logs. */
    public String text() {
        return text;
    }
}
