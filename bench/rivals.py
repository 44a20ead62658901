"""The rivals in Python of `npm run bench`: scikit-learn, OpenCV, Pillow and scikit-image.

One JSON document a line on stdin, one answer a line on stdout:

{"prepare": task, "arrays": {name: {"path", "dtype", "shape"}}, "parameters": {}} -> {"ready": library} or {"missing": library}
{"run": true}                                                                   -> {"milliseconds": t, "summary": number}

The first line on stdout is {"versions": {library: version or null}}. The process ends when stdin does.
"""

import importlib
import json
import sys
import time
import zlib

MODULES = {"numpy": "numpy", "scikit-learn": "sklearn", "OpenCV": "cv2", "Pillow": "PIL", "scikit-image": "skimage"}


class Missing(Exception):
    """A library that a task needs is not installed."""


def load(library):
    try:
        return importlib.import_module(MODULES[library])
    except ImportError as error:
        raise Missing(library) from error


def version(library):
    try:
        return load(library).__version__
    except Missing:
        return None


def read(numpy, array):
    return numpy.fromfile(array["path"], array["dtype"]).reshape(array["shape"])


def pca(points):
    load("scikit-learn")
    from sklearn.decomposition import PCA

    def run():
        scores = PCA(n_components=0.99, svd_solver="full").fit_transform(points)
        return lambda: scores.shape[1]

    return "scikit-learn", run


def k_means(points, clusters, restarts):
    load("scikit-learn")
    from sklearn.cluster import KMeans

    def run():
        inertia = KMeans(n_clusters=clusters, n_init=restarts, random_state=0).fit(points).inertia_
        return lambda: float(inertia)

    return "scikit-learn", run


def median(pixels, window):
    cv2 = load("OpenCV")

    def run():
        blurred = cv2.medianBlur(pixels, window)
        return lambda: zlib.crc32(blurred.tobytes())

    return "OpenCV", run


def resize(pixels, width, height):
    try:
        load("Pillow")
    except Missing:
        return resize_with_opencv(pixels, width, height)
    from PIL import Image

    image = Image.fromarray(pixels)

    def run():
        resized = image.resize((width, height), Image.BICUBIC)
        return lambda: zlib.crc32(resized.tobytes())

    return "Pillow", run


def resize_with_opencv(pixels, width, height):
    cv2 = load("OpenCV")
    shrinks = width <= pixels.shape[1] and height <= pixels.shape[0]

    def run():
        resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        return lambda: zlib.crc32(resized.tobytes())

    return "OpenCV", run


def upsample(maps, width, height):
    cv2 = load("OpenCV")
    numpy = load("numpy")
    planes = [numpy.ascontiguousarray(maps[..., cluster]) for cluster in range(maps.shape[2])]

    def run():
        best = cv2.resize(planes[0], (width, height), interpolation=cv2.INTER_LINEAR)
        labels = numpy.zeros((height, width), numpy.uint8)
        for cluster, plane in enumerate(planes[1:], start=1):
            enlarged = cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
            numpy.copyto(labels, cluster, where=enlarged > best)
            cv2.max(best, enlarged, dst=best)
        return lambda: zlib.crc32(labels.tobytes())

    return "OpenCV", run


def regions(labels, count):
    cv2 = load("OpenCV")

    def run():
        total = 0
        for label in range(count):
            mask = cv2.inRange(labels, label, label)
            total += cv2.connectedComponents(mask, connectivity=4)[0] - 1
        return lambda: total

    return "OpenCV", run


def felzenszwalb(pixels):
    load("scikit-image")
    from skimage.segmentation import felzenszwalb as cut

    def run():
        labels = cut(pixels, scale=100, sigma=0.8, min_size=150)
        return lambda: int(labels.max()) + 1

    return "scikit-image", run


TASKS = {task.__name__: task for task in (pca, k_means, median, resize, upsample, regions, felzenszwalb)}


def prepare(request):
    numpy = load("numpy")
    arrays = {name: read(numpy, array) for name, array in request["arrays"].items()}
    return TASKS[request["prepare"]](**arrays, **request.get("parameters", {}))


def timed(run):
    start = time.perf_counter()
    summary = run()
    milliseconds = 1000 * (time.perf_counter() - start)
    return {"milliseconds": milliseconds, "summary": summary()}


def answer(document):
    print(json.dumps(document), flush=True)


def main(threads):
    answer({"versions": {library: version(library) for library in MODULES}})
    if version("OpenCV"):
        load("OpenCV").setNumThreads(threads)
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        if "run" in request:
            answer(timed(run))
            continue
        # Free the inputs of the task before.
        run = None
        try:
            library, run = prepare(request)
            answer({"ready": library})
        except Missing as missing:
            answer({"missing": str(missing)})


if __name__ == "__main__":
    main(int(sys.argv[1]))
