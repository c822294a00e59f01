Console.Error.WriteLine("proxy: nothing to forward yet");
return 1;
