"""Between mockcloud's checks and the client in gif_client.py."""

from gif_client import GifClient, GifError

from mockcloud.check import Adapter


class Gifs(Adapter):
    service = "huawei-mpc"
    refuses = ValueError  # raised before anything is sent
    fails = GifError  # raised because of the provider's answer
    gives_up_within = 1.0  # seconds without an answer
    offers = ("output_param.start", "output_param.end")  # all else is the client's own choice

    def connect(self, cloud):
        return GifClient(cloud.url, cloud.project_id, cloud.token, timeout=0.5)

    def create(self, client, p):
        gif = p.get("output_param", {})
        return client.create("holiday.mp4", gif.get("start"), gif.get("end"))

    def error(self, problem):
        return problem.code, problem.status, problem.request_id
