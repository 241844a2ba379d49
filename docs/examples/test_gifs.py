from gif_adapter import Gifs

from mockcloud.check import contract_tests

TestGifs = contract_tests(Gifs)
