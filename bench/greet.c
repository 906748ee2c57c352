/* greet -c FILE: answers every HTTP request with "Hello, NAME". FILE is YAML with the top-level keys name and port.
 * The smallest server that a job can run, so that a measured time is the suite's and not the task's.
 * One thread; connections are kept; SIGTERM ends it at once, as a program without a handler does. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READY = 256 };

static char name[256];
static int port;

static void read_config(const char *path) {
    FILE *file = fopen(path, "r");
    char line[512];
    if (!file) { perror(path); exit(1); }
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "name: \"%255[^\"]\"", name) == 1) continue;
        if (sscanf(line, "port: %d", &port) == 1) continue;
    }
    fclose(file);
    if (!name[0] || port <= 0) { fprintf(stderr, "%s needs the keys name and port\n", path); exit(1); }
}

int main(int count, char **args) {
    if (count != 3) { fprintf(stderr, "usage: greet -c FILE\n"); return 2; }
    read_config(args[2]);
    signal(SIGPIPE, SIG_IGN);
    char answer[512];
    int length = snprintf(answer, sizeof answer,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\nHello, %s", strlen(name) + 7, name);

    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) { perror("listen"); return 1; }

    int events = epoll_create1(0);
    struct epoll_event own = {.events = EPOLLIN, .data.fd = listener}, ready[READY];
    if (events < 0 || epoll_ctl(events, EPOLL_CTL_ADD, listener, &own)) { perror("epoll"); return 1; }
    for (;;) {
        int arrived = epoll_wait(events, ready, READY, -1);
        if (arrived < 0) return 1;
        for (int i = 0; i < arrived; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) {
                struct epoll_event next = {.events = EPOLLIN, .data.fd = accept(listener, 0, 0)};
                if (next.data.fd < 0) continue;
                setsockopt(next.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                if (epoll_ctl(events, EPOLL_CTL_ADD, next.data.fd, &next)) close(next.data.fd);
                continue;
            }
            char request[16384];
            ssize_t got = recv(fd, request, sizeof request - 1, 0);
            int open = got > 0;
            if (open) {
                request[got] = 0;
                if (strstr(request, "\r\n\r\n")) open = send(fd, answer, length, 0) == length;
            }
            if (!open) close(fd);
        }
    }
}
