using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BaselineProxies;

/// <summary>
/// Kestrel accepts, its socket transport reads and writes on both sides, and a pipe is copied to a pipe in each direction.
/// </summary>
internal static class PipelinesProxy
{
    public static async Task<IAsyncDisposable> StartAsync(IPEndPoint listen, IPEndPoint backend)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(backend);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen, port => port.UseConnectionHandler<Handler>()));
        WebApplication host = builder.Build();
        await host.StartAsync();
        string address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.Error.WriteLine($"listening {new Uri(address).Authority}");
        return host;
    }

    private sealed class Handler(IPEndPoint backend, ILoggerFactory loggers) : ConnectionHandler
    {
        private readonly SocketConnectionContextFactory _connections
            = new(new SocketConnectionFactoryOptions(), loggers.CreateLogger<Handler>());

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            Socket server = new(backend.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await server.ConnectAsync(backend);
                await using ConnectionContext other = _connections.Create(server);
                Task up = CopyAsync(connection, other);
                Task down = CopyAsync(other, connection);
                _ = await Task.WhenAny(up, down);
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                // One side is gone: what is left is to close the other, which the end of this method does.
                server.Dispose();
            }
        }

        /// <summary>The transport knows no half-close: the end of one direction ends the other.</summary>
        private static Task CopyAsync(ConnectionContext from, ConnectionContext to)
            => from.Transport.Input.CopyToAsync(to.Transport.Output);
    }
}
