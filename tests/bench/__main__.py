"""`make bench`: every table, one after the other."""

from tests.bench import bench_nlu, peers, reliability

if __name__ == "__main__":
    bench_nlu.main()
    peers.main()
    reliability.main()
